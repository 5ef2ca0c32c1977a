import { describe, expect, test } from '@jest/globals';
import type { SlotRequest } from '../appservice/web-slot.ts';
import { ensureDatabaseLogin } from './database-login.ts';
import type { Session } from './session.ts';

async function ensured(answer: { status: number; text?: string }, inProduction: string | undefined, login = 'app_b') {
  const requests: SlotRequest[] = [];
  const session = {
    before: inProduction === undefined ? undefined : { version: '1' },
    tokens: { release: 'token' },
    target: { administrator: async () => ({ user: 'root', password: 'secret', socket: 'x' }) },
    appService: { settings: async () => ({ DATABASE_USER: inProduction }) },
    steps: { assertNotInterrupted: () => undefined },
    lock: { assertHeld: () => undefined },
    staging: {
      ask: async (path: string, request: SlotRequest) => {
        expect(path).toBe('/_slipway/release/login');
        requests.push(request);
        return { text: '', ...answer };
      },
    },
  } as unknown as Session;
  const made = await ensureDatabaseLogin(session, { settings: { DATABASE_USER: login }, siteContainers: [] });
  return { made, body: requests[0]?.body };
}

const works = { status: 200, text: '{"login":"works"}' };

describe('the login of the version in staging', () => {
  test('may be changed while production uses the other one, or nothing runs there', async () => {
    expect((await ensured(works, 'app_a')).body).toEqual({ user: 'root', password: 'secret', mayChange: true });
    expect((await ensured(works, undefined)).body).toMatchObject({ mayChange: true });
  });

  test('is left as it is while production uses it', async () => {
    expect((await ensured(works, 'app_b')).body).toMatchObject({ mayChange: false });
  });

  test('was made, worked already, or belongs to a package that cannot be asked', async () => {
    expect((await ensured({ status: 200, text: '{"login":"made"}' }, 'app_a')).made).toBe(true);
    expect((await ensured(works, 'app_a')).made).toBe(false);
    expect((await ensured({ status: 404 }, 'app_a')).made).toBe(false);
  });

  test('that MySQL refuses ends the release, and the password is not in what it says', async () => {
    const refused = ensured({ status: 409, text: '{"detail":"MySQL refuses it"}' }, 'app_b');
    await expect(refused).rejects.toMatchObject({ code: 'SLIP-RELEASE-DATABASE-LOGIN' });
    await expect(refused).rejects.not.toThrow('secret');
  });
});
