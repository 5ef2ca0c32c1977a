import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { evaluate } from '../../evaluate/evaluate.ts';
import type { Evaluation } from '../../evaluate/recorded.ts';
import { asWanted, type WantedConfiguration } from '../../lib/wanted.ts';
import { callRegion } from '../../local/control-socket.ts';
import { regionConfig } from '../../local/program/evaluated-program.ts';
import { writeJson } from '../../local/state/files.ts';
import { statePaths } from '../../local/state/paths.ts';
import { release } from '../../release/release.ts';
import { sql } from '../../testbed/database.ts';
import { cacheTraffic, imageTraffic, type Load, type MadeImage, slowTraffic, visitors } from '../../testbed/load.ts';
import { type ReleaseBed, unwatched } from '../../testbed/release-bed.ts';

/** `pulumi up` with another `secrets.rotation`, as the region knows it: the program is evaluated and its secrets exist. */
async function up(bed: ReleaseBed, rotation: number): Promise<WantedConfiguration> {
  const paths = statePaths(bed.region.stateDir);
  const kept = JSON.parse(await readFile(paths.evaluation, 'utf8')) as { evaluation: Evaluation };
  const { settings } = wantedOf(kept.evaluation);
  const config = { ...(await regionConfig(settings.SIDECAR_DIGEST ?? '')), 'secrets.rotation': String(rotation) };
  const evaluation = await evaluate({ stage: 'dev', mode: 'update', config });
  await writeJson(paths.evaluation, { key: `rotation ${rotation}`, evaluation });
  await callRegion(paths.controlSocket, 'adopt', 30_000);
  return wantedOf(evaluation);
}

function wantedOf({ outputs }: Evaluation): WantedConfiguration {
  return asWanted(outputs.wanted, (path) => new Error(`no ${path}`));
}

/** 201 for a new name, 200 afterwards, 401 for a token that is no longer taken. */
async function storing(bed: ReleaseBed, name: string, token: string): Promise<number> {
  const answer = await fetch(`${bed.connection.production}/api/cache/${name}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"value":1,"ttl":86400}',
  });
  return answer.status;
}

async function setting(bed: ReleaseBed, name: string): Promise<string> {
  const found = (await bed.productionEnvironment()).find((line) => line.startsWith(`${name}=`));
  return found?.slice(name.length + 1) ?? '';
}

/** Rotates, releases, and goes back, while visitors keep coming; each client changes to the new token between `up` and release. */
async function rotated(bed: ReleaseBed, rotation: number): Promise<void> {
  const { file, version } = await bed.livePackage();
  const store = (token: string) => storing(bed, `rotation-${rotation}`, token);
  const before = await bed.region.connection();
  const user = await setting(bed, 'DATABASE_USER');
  const wanted = await up(bed, rotation);
  const after = await bed.region.connection();
  expect(after.cacheApiToken).not.toBe(before.cacheApiToken);
  // Production is as it was, and takes both.
  expect(await setting(bed, 'DATABASE_USER')).toBe(user);
  expect([await store(before.cacheApiToken), await store(after.cacheApiToken)]).toEqual([201, 200]);
  const clients = cacheTraffic(after);
  try {
    const target = { ...(await bed.target()), wanted: async () => wanted };
    const entry = await release({ ...unwatched, target, origin: { kind: 'file', file } });
    expect(entry).toMatchObject({ version, outcome: 'live', requests: { lost: 0 } });
    expect(await setting(bed, 'DATABASE_USER')).toBe(wanted.settings.DATABASE_USER);
    expect(wanted.settings.DATABASE_USER).not.toBe(user);
    expect([await store(before.cacheApiToken), await store(after.cacheApiToken)]).toEqual([401, 200]);
  } finally {
    await clients.stop();
  }
  expect((await clients.stop()).failures).toEqual([]);
}

/** Last of a story: the program of the checkout has another rotation than the region afterwards. */
export function describeRotation(bed: () => ReleaseBed, rotations: number): void {
  describe(`${rotations} rotations of the secrets under load`, () => {
    test('lose no request, and a rollback of the last one neither', async () => {
      const { connection } = bed();
      const made: MadeImage[] = [];
      const loops: Load[] = [
        visitors(`${connection.production}/api/images`),
        imageTraffic(connection, made),
        slowTraffic(`${connection.production}/api/images`, 2),
      ];
      const stop = () => Promise.all(loops.map((loop) => loop.stop()));
      try {
        for (let rotation = 2; rotation < 2 + rotations; rotation++) await rotated(bed(), rotation);
        const clients = cacheTraffic(await bed().region.connection());
        expect(await bed().done('rollback')).toMatchObject({ outcome: 'live', requests: { lost: 0 } });
        expect((await clients.stop()).failures).toEqual([]);
      } finally {
        await stop();
      }
      expect((await stop()).map(({ failures }) => failures)).toEqual(loops.map(() => []));
      expect(made.length).toBeGreaterThan(0);
    });

    test('leave no password of the administrator in the app, and logins that can use its database alone', async () => {
      const environment = (await bed().productionEnvironment()).join('\n');
      expect(environment).not.toContain(bed().connection.mysql.password);
      const [user, password] = await Promise.all([
        setting(bed(), 'DATABASE_USER'),
        setting(bed(), 'DATABASE_PASSWORD'),
      ]);
      const { connection } = bed();
      const grants = await sql({ ...connection, mysql: { ...connection.mysql, user, password } }, 'SHOW GRANTS');
      expect(grants.match(/GRANT [A-Z ]+ ON \S+/g)).toEqual([
        'GRANT USAGE ON *.*',
        'GRANT ALL PRIVILEGES ON `slipway`.*',
      ]);
    });

    test('keep the seal of history', async () => {
      expect((await bed().history()).length).toBeGreaterThan(1);
      const state = join(bed().region.stateDir, 'secrets.json');
      expect(
        Object.keys(JSON.parse(await readFile(state, 'utf8')) as object).filter((name) =>
          name.includes('release-seal'),
        ),
      ).toHaveLength(1);
    });
  });
}
