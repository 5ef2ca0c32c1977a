import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ConsoleState } from '../../console/model.ts';
import { eventually } from '../../testbed/eventually.ts';
import type { TestRegion } from '../../testbed/region.ts';

export function describeConsole(region: () => TestRegion): void {
  const access = async (): Promise<{ url: string; headers: Record<string, string> }> => {
    const { console } = await region().connection();
    const { origin, searchParams } = new URL(console.url);
    return { url: origin, headers: { authorization: `Bearer ${searchParams.get('token')}` } };
  };
  const text = async (path: string): Promise<string> => {
    const { url, headers } = await access();
    return (await fetch(url + path, { headers })).text();
  };
  const state = async (): Promise<ConsoleState> => JSON.parse(await text('/api/state')) as ConsoleState;
  const act = async (name: string, body: object): Promise<number> => {
    const { url, headers } = await access();
    const json = { ...headers, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/actions/${name}`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(body),
    });
    await answer.arrayBuffer();
    return answer.status;
  };

  describe('the console', () => {
    test('its process starts with the first look, and nobody without the token gets anything', async () => {
      // The region's process names the console's program too, as its last argument.
      const isConsole = async (pid: number): Promise<boolean> =>
        (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('console/main.ts\0/');
      const consoles = async (): Promise<number> =>
        (await Promise.all((await region().processes()).map(isConsole))).filter((is) => is).length;
      expect(await consoles()).toBe(0);
      const { url } = await access();
      expect((await fetch(`${url}/api/state`)).status).toBe(403);
      expect(await consoles()).toBe(1);
    });

    test('it shows what status says, and the first release as it was reported', async () => {
      const [shown, status] = [await state(), await region().status()];
      expect(shown.slots?.production.version).toBe(status.slots.production.version);
      expect(shown.servers).toEqual(status.servers);
      expect(shown.runs[0]).toMatchObject({ command: 'start', outcome: 'live', error: null });
      expect(shown.runs[0]?.steps.map(({ state: is }) => is)).not.toContain('running');
    });

    test('requests show as traffic of their slot', async () => {
      const { production } = await region().connection();
      for (let n = 0; n < 5; n++) await (await fetch(`${production}/api/ping`)).arrayBuffer();
      const counted = async (): Promise<number> =>
        (await state()).traffic.points.reduce((sum, { production: [requests] }) => sum + requests, 0);
      await eventually('the requests are counted', async () => (await counted()) >= 5);
    });

    test('no secret of the region is in what it answers', async () => {
      const secrets: unknown[] = Object.values(
        JSON.parse(await readFile(join(region().stateDir, 'secrets.json'), 'utf8')),
      );
      const { managementToken, cacheApiToken, releaseToken, blob, releases, mysql } = await region().connection();
      const all = [...secrets, managementToken, cacheApiToken, releaseToken, blob.key, releases.key, mysql.password];
      const { resources } = await state();
      const paths = resources.parts.map(({ urn }) => `/api/resource?urn=${encodeURIComponent(urn)}`);
      const bodies = await Promise.all(['/api/state', '/api/logs', '/api/traces', ...paths].map(text));
      expect(all.length).toBeGreaterThan(10);
      expect(all.filter((secret) => bodies.some((body) => body.includes(String(secret))))).toEqual([]);
    });

    test('a part that it switches off is down, and comes back', async () => {
      expect(await act('fault', { target: 'redis', on: false })).toBe(202);
      const redis = async () => (await region().status()).servers.redis;
      await eventually('Redis is down', async () => (await redis()) === null);
      expect(await act('fault', { target: 'redis', on: true })).toBe(202);
      await eventually('Redis is back', async () => (await redis()) !== null);
      expect(await act('fault', { target: 'sidecar', on: false })).toBe(202);
      const sidecar = async () => (await region().status()).slots.production.instances[0]?.processes.sidecar;
      await eventually('the sidecar is down', async () => (await sidecar()) === null);
      expect(await act('fault', { target: 'sidecar', on: true })).toBe(202);
      await eventually('the sidecar is back', async () => (await sidecar()) !== null);
    });
  });
}
