import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { azureTarget } from './azure-target.ts';

const outputs = {
  subscriptionId: 'sub',
  resourceGroupName: 'rg-slipway-prod',
  appName: 'app-slipway',
  slotName: 'staging',
  hostNames: { production: 'www.example.org', staging: 'staging.example.org' },
  releasesEndpoint: 'https://streleases.blob.core.windows.net/',
  releasesContainer: 'releases',
  vaultName: 'kv',
  wanted: {
    stack: 'PHP|8.4',
    command: 'bash start.sh',
    mounts: {},
    settings: {
      APP_ENV: 'prod',
      RELEASE_TOKEN: '@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/release-token)',
    },
    siteContainers: [{ name: 'sidecar', properties: { image: 'acr.azurecr.io/sidecar@sha256:1', isMain: false } }],
    slotStickyNames: ['SLOT_NAME'],
    stickySettings: { production: { SLOT_NAME: 'production' }, staging: { SLOT_NAME: 'staging' } },
  },
};
const path = process.env.PATH;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-pulumi-'));
  process.env.PATH = `${directory}:${path}`;
});

afterEach(async () => {
  process.env.PATH = path;
  await rm(directory, { recursive: true, force: true });
});

/** A `pulumi` that prints what it is given, and says its arguments on stderr. */
async function pulumiPrinting(value: unknown, exitCode = 0): Promise<void> {
  const program = join(directory, 'pulumi');
  await writeFile(
    program,
    `#!/bin/sh\necho "error: asked for $*" >&2\ncat <<'END'\n${JSON.stringify(value)}\nEND\nexit ${exitCode}\n`,
  );
  await chmod(program, 0o755);
}

describe('a stack on Azure as a place to release to', () => {
  test('is what the stack’s outputs say', async () => {
    await pulumiPrinting(outputs);
    const target = await azureTarget({ stack: 'prod', root: directory });
    expect(target).toMatchObject({
      stack: 'prod',
      site: { subscriptionId: 'sub', resourceGroup: 'rg-slipway-prod', app: 'app-slipway', slot: 'staging' },
      urls: { production: 'https://www.example.org', staging: 'https://staging.example.org' },
    });
    expect(target.releases.url).toBe('https://streleases.blob.core.windows.net/releases');
    expect(target.management.endpoint).toBeUndefined();
    expect(await target.wanted()).toEqual(outputs.wanted);
  });

  test('gives a rollback as long to find staging back from its restart as a container there takes to start', async () => {
    await pulumiPrinting(outputs);
    expect((await azureTarget({ stack: 'prod', root: directory })).limits.returnMs).toBeGreaterThanOrEqual(60_000);
  });

  test('waits for a drain less than the edge does, so that its answer says what is left', async () => {
    await pulumiPrinting(outputs);
    const door = await readFile(new URL('../../program/components/front-door/front-door.ts', import.meta.url), 'utf8');
    const edgeSeconds = Number(/ORIGIN_TIMEOUT_SECONDS = (\d+)/.exec(door)?.[1]);
    expect((await azureTarget({ stack: 'prod', root: directory })).limits.drainMs).toBeLessThan(edgeSeconds * 1000);
  });

  test('takes production for down only when it was asked several times over the internet', async () => {
    await pulumiPrinting(outputs);
    const { limits, management } = await azureTarget({ stack: 'prod', root: directory });
    expect(limits.answerMs).toBeGreaterThanOrEqual(5 * management.pollMs);
  });

  test('without an output that a release needs is refused by the output’s name', async () => {
    const { appName: _, ...rest } = outputs;
    await pulumiPrinting(rest);
    await expect(azureTarget({ stack: 'prod', root: directory })).rejects.toMatchObject({
      code: 'SLIP-RELEASE-STACK',
      detail: { found: expect.stringContaining('the output appName of stack prod') },
    });
  });

  test('is asked through the checkout’s own pulumi when none is on the PATH, never through one that npx fetches', async () => {
    await writeFile(
      join(directory, 'npx'),
      `#!/bin/sh\n[ "$1 $2" = "--no-install pulumi" ] && echo '${JSON.stringify({ ...outputs, appName: 'by-npx' })}'\n`,
    );
    await chmod(join(directory, 'npx'), 0o755);
    process.env.PATH = directory;
    expect((await azureTarget({ stack: 'prod', root: directory })).site.app).toBe('by-npx');
  });

  test('that cannot be asked is refused with Pulumi’s own words', async () => {
    await pulumiPrinting({}, 255);
    await expect(azureTarget({ stack: 'nope', root: directory })).rejects.toMatchObject({
      detail: { found: expect.stringContaining('asked for stack output --json --stack nope --non-interactive') },
    });
  });
});
