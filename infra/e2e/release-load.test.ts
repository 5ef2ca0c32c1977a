import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Connection } from '../connection.ts';
import type { HistoryEntry } from '../release/history.ts';
import { cacheTraffic, imageTraffic, type MadeImage, requireImage, slowTraffic, WrkLoad } from './load.ts';
import { packageVariant } from './package-variant.ts';
import { TestRegion } from './region.ts';

/** SLIPWAY_E2E_RELEASES=10 for the long form. */
const releases = Number(process.env.SLIPWAY_E2E_RELEASES ?? 2);
const slowSeconds = 2;
jest.setTimeout(120_000 + releases * 60_000);

let region: TestRegion;
let connection: Connection;
let first: string;
const packages: { version: string; file: string }[] = [];

beforeAll(async () => {
  region = await TestRegion.create();
  await region.start();
  connection = await region.connection();
  first = await liveVersion();
  const directory = join(region.stateDir, 'packages');
  const base = join(directory, (await readdir(directory)).find((name) => name.endsWith('.zip')) ?? '');
  for (let number = 1; number <= releases; number++) {
    const version = `load-${number}`;
    const file = await packageVariant(base, directory, version, {
      'src/Controller/Ping.php': (php) =>
        php.replace('return new', `if (isset($_GET['slow'])) { sleep(${slowSeconds}); }\n        return new`),
      'src/Controller/Home.php': (php) => `${php}\n// ${version}\n`,
    });
    packages.push({ version, file });
  }
}, 180_000);

afterAll(() => region.remove(), 60_000);

async function liveVersion(): Promise<string> {
  const answer = await fetch(`${connection.production}/version`);
  return ((await answer.json()) as { version: string }).version;
}

async function slipway(...args: string[]): Promise<HistoryEntry> {
  const { code, stdout, stderr } = await region.command(...args, '--json', '--p95', '10000');
  if (code !== 0) throw new Error(`slipway ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as HistoryEntry;
}

describe('under wrk with 32 connections, and clients that send bodies, make images and ask slow pages', () => {
  test(`${releases} releases and as many rollbacks lose no request and no image, and /version shows each`, async () => {
    const made: MadeImage[] = [];
    const wrk = new WrkLoad(`${connection.production}/api/ping`);
    const traffic = [
      cacheTraffic(connection),
      imageTraffic(connection, made),
      slowTraffic(`${connection.production}/api/ping?slow`, 2),
    ];
    const seen: string[] = [];
    try {
      for (const { file, version } of packages) {
        const entry = await slipway('release', '--package', file, '--watch', '1');
        expect(entry).toMatchObject({ version, outcome: 'live', requests: { lost: 0 } });
        seen.push(await liveVersion());
      }
      for (let number = 1; number <= releases; number++) {
        await slipway('rollback');
        seen.push(await liveVersion());
      }
    } finally {
      await Promise.all([wrk.stop(), ...traffic.map((loop) => loop.stop())]);
    }
    const [ping, ...others] = await Promise.all([wrk.stop(), ...traffic.map((loop) => loop.stop())]);

    const versions = packages.map(({ version }) => version);
    expect(seen).toEqual([...versions, ...versions.slice(0, -1).reverse(), first]);
    expect(ping.failures).toEqual([]);
    expect(others.map(({ failures }) => failures)).toEqual(others.map(() => []));
    expect(ping.requests).toBeGreaterThan(1000);
    for (const image of made) await requireImage(connection.production, image);
  });

  test('going back to what staging holds takes at most 3 s from the command to the switch', async () => {
    await slipway('release', '--package', packages[0]?.file ?? '', '--watch', '0');
    const began = Date.now();
    const { code, stdout } = await region.command('rollback', '--json');
    expect(code).toBe(0);
    const note = /switched ([\d.]+) s after the command/.exec(stdout)?.[1];
    expect(Number(note)).toBeLessThanOrEqual(3);
    expect(Date.now() - began).toBeLessThan(8_000);
    expect(await liveVersion()).toBe(first);
  });
});
