import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { WebSlot } from '../appservice/web-slot.ts';
import type { MigrationSql } from '../judge/judge-migrations.ts';
import { planHash } from './migration-plan.ts';
import { runMigrations } from './run-migrations.ts';
import { Steps } from './steps.ts';

let server: Server;
afterEach(() => {
  server.close();
});

interface Round {
  readonly migrations: readonly MigrationSql[];
  readonly failed?: { readonly version: string; readonly reason: string };
}

/** An application whose pending migrations are those of the first round, and of the next one when they have run. */
class Application {
  readonly ran: unknown[] = [];
  #rounds: Round[];
  #planStatus: number;

  constructor(rounds: readonly Round[], planStatus = 200) {
    this.#rounds = [...rounds];
    this.#planStatus = planStatus;
  }

  async start(): Promise<WebSlot> {
    server = createServer(async (request, response) => {
      const [now = { migrations: [] }] = this.#rounds;
      if (request.method === 'POST') {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const body = JSON.parse(Buffer.concat(chunks).toString()) as { judged: string };
        this.ran.push(body);
        response.writeHead(body.judged === planHash(now.migrations) ? 202 : 409).end('{"job":"J"}');
      } else if (request.url?.endsWith('/J')) {
        this.#rounds.shift();
        const executed = now.migrations.map(({ version }) => version);
        response.writeHead(200).end(JSON.stringify({ status: 'done', executed, pending: [] }));
      } else response.writeHead(this.#planStatus).end(JSON.stringify({ ...now, waiting: ['9'] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new WebSlot(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
}

const adds: MigrationSql = { version: '1', statements: ['CREATE TABLE a (id INT)', 'INSERT INTO a VALUES (?)'] };
const takes: MigrationSql = { version: '2', statements: ['DROP TABLE images'] };

async function run(application: Application, kind: 'expand' | 'contract' = 'expand', assertLockHeld = () => undefined) {
  const steps = new Steps(() => undefined);
  return runMigrations({
    slot: await application.start(),
    token: 't',
    kind,
    administrator: { user: 'root', password: 'p' },
    steps,
    assertLockHeld,
  });
}

test('what was judged runs, and its hash goes with the request', async () => {
  const application = new Application([{ migrations: [adds] }]);
  expect(await run(application)).toEqual({ executed: ['1'], waiting: ['9'] });
  // printf '1\0CREATE TABLE a (id INT)\0INSERT INTO a VALUES (?)\0\0' | sha256sum
  const judged = 'a5ef06b4da539e0b4d93a5f4de182b97800fb583a3f4502e300b611e76fb722b';
  expect(application.ran).toEqual([{ kind: 'expand', judged, administrator: { user: 'root', password: 'p' } }]);
});

test('without pending migrations nothing runs', async () => {
  const application = new Application([]);
  expect(await run(application)).toEqual({ executed: [], waiting: ['9'] });
  expect(application.ran).toEqual([]);
});

test('a migration that takes away is refused before one beside it runs; as a contract migration it runs', async () => {
  const application = new Application([{ migrations: [adds, takes] }]);
  await expect(run(application)).rejects.toMatchObject({ code: 'SLIP-RELEASE-EXPAND-DESTROYS' });
  expect(application.ran).toEqual([]);
  server.close();
  expect(await run(new Application([{ migrations: [takes] }]), 'contract')).toMatchObject({ executed: ['2'] });
});

test('a migration that can be planned only when the one before it has run is judged then', async () => {
  const waits = { version: '2', reason: 'there is no table a' };
  const application = new Application([{ migrations: [adds], failed: waits }, { migrations: [takes] }]);
  await expect(run(application)).rejects.toMatchObject({ code: 'SLIP-RELEASE-EXPAND-DESTROYS' });
  expect(application.ran).toHaveLength(1);
});

test('a migration whose dry run fails is refused with its reason', async () => {
  const application = new Application([{ migrations: [], failed: { version: '7', reason: 'it writes' } }]);
  await expect(run(application)).rejects.toMatchObject({
    code: 'SLIP-RELEASE-MIGRATION-DRY-RUN',
    detail: { found: 'the dry run of migration 7 failed: it writes' },
  });
});

test.each([405, 404, 500])('a version whose dry run answers %i runs nothing', async (status) => {
  const application = new Application([{ migrations: [adds] }], status);
  await expect(run(application)).rejects.toMatchObject({ code: 'SLIP-RELEASE-MIGRATION-DRY-RUN' });
  expect(application.ran).toEqual([]);
});

test('a migration that ran and stays pending does not run for ever', async () => {
  const application = new Application([{ migrations: [adds] }, { migrations: [adds] }]);
  await expect(run(application)).rejects.toMatchObject({ code: 'SLIP-RELEASE-MIGRATION-FAILED' });
  expect(application.ran).toHaveLength(1);
});

test('nothing runs when the lock may be lost', async () => {
  const application = new Application([{ migrations: [adds] }]);
  const lost = () => {
    throw new Error('lost');
  };
  await expect(run(application, 'expand', lost)).rejects.toThrow('lost');
  expect(application.ran).toEqual([]);
});
