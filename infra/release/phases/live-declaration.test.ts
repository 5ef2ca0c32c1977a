import { expect, test } from '@jest/globals';
import { InstantClock } from '../../testbed/instant-clock.ts';
import type { SlotRequest } from '../appservice/web-slot.ts';
import { type Declaring, declareLive, withdrawBriefly, withdrawLive } from './live-declaration.ts';

type Answer = { readonly status: number | undefined; readonly body?: object };

/** A production that answers each request of a method with the next of its answers, and the last one again and again. */
function production(answers: Readonly<Record<string, readonly Answer[]>>, lockLost = false) {
  const asked: string[] = [];
  const clock = new InstantClock();
  const session = {
    tokens: { release: 'r' },
    lock: {
      assertHeld: () => {
        if (lockLost) throw new Error('lock lost');
      },
    },
    target: { limits: { liveMs: 6_000 }, management: { pollMs: 1_000 } },
    clock,
    production: {
      ask: async (path: string, { method = 'GET', token }: SlotRequest) => {
        expect(token).toBe('r');
        const before = asked.filter((line) => line.startsWith(method)).length;
        asked.push(`${method} ${path.replace('/_slipway/release/live', '')}`.trim());
        const each = answers[method] ?? [];
        const { status, body = {} } = each[before] ?? each.at(-1) ?? { status: undefined };
        return { status, text: JSON.stringify(body), reason: 'silent' };
      },
    },
  } as unknown as Declaring;
  return { session, asked, clock };
}

const instance = (pid: number | null, stopSeconds = 60) => ({ stopSeconds, workers: [{ name: 'queue', pid }] });
const runs = { status: 200, body: { running: true, instances: [instance(7)] } };
const ended = { status: 200, body: { running: false, instances: [instance(null)] } };

async function withdrawn(answers: Readonly<Record<string, readonly Answer[]>>) {
  const { session, asked, clock } = production(answers);
  const said: string[] = [];
  const attempt = { withdraws: () => said.push('withdraws') };
  const ending = withdrawLive(session, attempt, { onProgress: (text) => said.push(text), beat: () => undefined });
  return { ending, asked, said, clock };
}

test('a version is declared live again until production takes it', async () => {
  const { session, asked } = production({ PUT: [{ status: 502 }, { status: 409 }, { status: 200 }] });
  expect(await declareLive(session, 'v 1')).toBeUndefined();
  expect(asked).toEqual(Array(3).fill('PUT ?version=v%201'));
});

test('one that cannot be declared is said, with what to do', async () => {
  const { session } = production({ PUT: [{ status: 503 }] });
  expect(await declareLive(session, 'v1')).toMatch(/v1 could not be declared live \(503\).*\.\/slipway heal/);
});

test('a package from before there were workers has none to declare, nor to end', async () => {
  const { session, asked } = production({ PUT: [{ status: 404 }], DELETE: [{ status: 404 }] });
  expect(await declareLive(session, 'v1')).toBeUndefined();
  await withdrawLive(session, { withdraws: () => undefined }, { onProgress: () => undefined, beat: () => undefined });
  expect(asked).toEqual(['PUT ?version=v1', 'DELETE']);
});

test('a swap waits until nothing of the workers runs', async () => {
  const { ending, asked, said } = await withdrawn({ DELETE: [runs], GET: [runs, { status: undefined }, runs, ended] });
  await ending;
  expect(asked).toEqual(['DELETE', 'GET', 'GET', 'GET', 'GET']);
  expect(said).toEqual(['withdraws', 'waiting for workers to end: queue']);
});

test('an instance that may yet start one is waited for', async () => {
  const { ending, asked } = await withdrawn({
    DELETE: [{ status: 200, body: { running: true, instances: [instance(null)] } }],
    GET: [ended],
  });
  await ending;
  expect(asked).toEqual(['DELETE', 'GET']);
});

test('workers that do not end are a refusal, after the time that they have', async () => {
  const { ending, clock } = await withdrawn({ DELETE: [runs], GET: [runs] });
  await expect(ending).rejects.toMatchObject({
    code: 'SLIP-RELEASE-WORKERS',
    detail: { found: expect.stringMatching(/still run after \d+ s: queue/) },
  });
  expect(clock.now()).toBeGreaterThan(60_000);
});

test('a production that cannot be told is a refusal, and counts as told', async () => {
  const { ending, said } = await withdrawn({ DELETE: [{ status: 503 }] });
  await expect(ending).rejects.toMatchObject({ code: 'SLIP-RELEASE-WORKERS' });
  expect(said).toEqual(['withdraws']);
});

test('a rollback waits a moment and says what still runs', async () => {
  const attempt = { withdraws: () => undefined };
  const { session, clock } = production({ DELETE: [runs], GET: [runs] });
  expect(await withdrawBriefly(session, attempt)).toMatch(/still runs queue/);
  expect(clock.now()).toBeLessThan(10_000);
  expect(await withdrawBriefly(production({ DELETE: [runs], GET: [ended] }).session, attempt)).toBeUndefined();
  expect(await withdrawBriefly(production({}).session, attempt)).toMatch(/has not said/);
});

test('a command that has lost its lock changes nothing', async () => {
  const { session, asked } = production({ PUT: [{ status: 200 }], DELETE: [ended] }, true);
  const attempt = { withdraws: () => undefined };
  await expect(declareLive(session, 'v1')).rejects.toThrow('lock lost');
  await expect(withdrawBriefly(session, attempt)).rejects.toThrow('lock lost');
  expect(asked).toEqual([]);
});
