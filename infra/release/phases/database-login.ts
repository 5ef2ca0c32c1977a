import { SlipError } from '../../lib/errors.ts';
import { parseObject, textOf } from '../../lib/json.ts';
import type { Observation } from '../appservice/web-slot.ts';
import type { Configuration } from '../store/history.ts';
import type { Session } from './session.ts';

const ROUTE = '/_slipway/release/login';
const LIMIT_MS = 30_000;

/**
 * Has staging see to it that MySQL takes the login that it is configured with. The administrator's password goes with this one
 * request. Resolves with true when the login was made, or got the vault's password.
 */
export async function ensureDatabaseLogin(session: Session, { settings }: Configuration): Promise<boolean> {
  const { staging, tokens, target, before, appService, steps, lock } = session;
  const login = settings.DATABASE_USER;
  if (login === undefined) return false;
  const inUse = before === undefined ? undefined : (await appService.settings('production')).DATABASE_USER;
  const { user, password } = await target.administrator();
  steps.assertNotInterrupted();
  lock.assertHeld();
  const body = { user, password, mayChange: login !== inUse };
  const answer = await staging.ask(ROUTE, { method: 'POST', token: tokens.release, body, timeoutMs: LIMIT_MS });
  if (answer.status === 200) return parseObject(answer.text).login === 'made';
  // A package from before has no such route, and uses the login that it always had.
  if (answer.status === 404) return false;
  throw refused(login, answer);
}

function refused(login: string, { status, text, reason }: Observation): SlipError {
  return new SlipError('SLIP-RELEASE-DATABASE-LOGIN', {
    found: `the login ${login} cannot be used: ${textOf(parseObject(text), 'detail') || (reason ?? `status ${status}`)}`,
    expected: 'MySQL to take the login that the program wants, with the password in the vault',
    fix:
      status === 409
        ? 'somebody changed the password by hand: rotate (raise secrets.rotation by one, pulumi up), then release'
        : 'is MySQL up, and is the password of its administrator the one in the vault? Then repeat the command',
  });
}
