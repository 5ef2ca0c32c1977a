import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../testbed/eventually.ts';
import type { TestRegion } from '../../testbed/region.ts';

interface Attempt {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request of somebody who has read nothing of the state directory. Ports do not see users, so any process may send it. */
function statusOf(url: string, { method = 'GET', headers = {}, body = '' }: Attempt = {}): Promise<number> {
  const request = url.startsWith('https') ? overTls : overHttp;
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, rejectUnauthorized: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** Everything in it is known to anybody; Azurite's own OAuth accepts such a token, because it does not check signatures. */
function forgedToken(): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const iss = 'https://sts.windows.net/00000000-5111-4000-8000-000000000002/';
  const claims = { aud: 'https://storage.azure.com', iss, nbf: now - 60, exp: now + 600, iat: now - 60 };
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.${part('signature')}`;
}

export function describeAccess(region: () => TestRegion): void {
  const internalPort = async (name: string): Promise<number> => {
    const ports: Record<string, number> = JSON.parse(await readFile(join(region().stateDir, 'ports.json'), 'utf8'));
    return ports[name] ?? 0;
  };

  describe('another user of the machine', () => {
    test('cannot write a package, the history or an image, with a forged token or none', async () => {
      const { releases, blob } = await region().connection();
      const azurite = `http://127.0.0.1:${await internalPort('azurite')}`;
      const places = [releases, blob].flatMap(({ endpoint, account, container }) => [
        `${endpoint.replace(/\/$/, '')}/${container}/forged`,
        `${azurite}/${account}/${container}/forged`,
      ]);
      const unauthorized = { 'x-ms-blob-type': 'BlockBlob', 'x-ms-version': '2025-01-05' };
      for (const place of places) {
        for (const headers of [unauthorized, { ...unauthorized, authorization: `Bearer ${forgedToken()}` }]) {
          expect(await statusOf(place, { method: 'PUT', headers, body: 'forged' })).toBeGreaterThanOrEqual(401);
          expect(await statusOf(place, { headers })).toBeGreaterThanOrEqual(401);
        }
      }
      expect(await (await region().media()).getBlobClient('forged').exists()).toBe(false);
    });

    test('gets no token, stores no telemetry and manages nothing', async () => {
      const identity = `http://127.0.0.1:${await internalPort('identity')}/msi/token?resource=https://storage.azure.com`;
      expect(await statusOf(identity)).toBe(401);
      const ingestion = `https://127.0.0.1:${await internalPort('ingestion')}/v2.1/track`;
      const telemetry = JSON.stringify([{ name: 'forged', iKey: '00000000-5111-4000-8000-0000000000a1' }]);
      expect(await statusOf(ingestion, { method: 'POST', body: telemetry })).toBe(400);
      const { management, production } = await region().connection();
      expect(await statusOf(`${management}/subscriptions`)).toBe(401);
      expect(await statusOf(`${production}/internal/release/drain`, { method: 'POST' })).toBe(404);
      expect(await statusOf(`${production}/api/cache/key`)).toBe(401);
    });

    test('reaches no internal port through a name of his own that a browser resolves to this machine', async () => {
      const headers = { host: 'rebound.example' };
      for (const name of ['identity', 'sidecarA', 'sidecarB']) {
        const url = `http://127.0.0.1:${await internalPort(name)}/status`;
        // A slot may still be restarting with its sidecar.
        await eventually(`${name} listens`, () => statusOf(url).then(Boolean, () => false));
        expect([name, await statusOf(url, { headers })]).toEqual([name, 403]);
      }
      expect(await statusOf(`https://127.0.0.1:${await internalPort('ingestion')}/`, { headers })).toBe(403);
    });

    test('cannot read what has the credentials', async () => {
      const file = join(region().stateDir, 'connection.json');
      // Only root can act for another user; for everybody else the modes of the directory say it.
      if (process.getuid?.() !== 0) return;
      const asNobody = promisify(execFile)('setpriv', [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        'cat',
        file,
      ]);
      await expect(asNobody).rejects.toThrow('Permission denied');
    });
  });
}
