import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AzureServer } from '../testbed/azure/azure-server.ts';
import { answerAsSlot, answerAsStore, LIVE, OUTPUTS, SEAL } from '../testbed/azure/stack-on.ts';

const main = join(import.meta.dirname, 'main.ts');
const SLOTS = { production: 'https://www.example.org', staging: 'https://staging.example.org' };
const STAGING_SCM = 'app-slipway-prod-staging.scm.azurewebsites.net';

let azure: AzureServer;
let directory: string;

beforeAll(async () => {
  azure = await AzureServer.start();
  directory = mkdtempSync(join(tmpdir(), 'slipway-stack-'));
  writeFileSync(join(directory, 'ca.pem'), azure.ca);
  writeFileSync(join(directory, 'outputs.json'), JSON.stringify(OUTPUTS));
  writeFileSync(join(directory, 'pulumi'), `#!/bin/sh\nexec cat '${join(directory, 'outputs.json')}'\n`);
  chmodSync(join(directory, 'pulumi'), 0o755);
});

afterAll(async () => {
  rmSync(directory, { recursive: true });
  await azure.close();
});

beforeEach(() => {
  azure.replies.clear();
  azure.unanswered.length = 0;
  azure.answerLike('healthy', new Date());
  // The identity endpoint, which every command asks first. https://learn.microsoft.com/azure/app-service/overview-managed-identity
  const expires = String(Math.floor(Date.now() / 1000) + 3_600);
  azure.replies.set('GET /token', {
    body: { access_token: 'a-token', expires_on: expires, resource: 'any', token_type: 'Bearer' },
  });
  for (const [name, value] of Object.entries({ 'cache-api-token': 'c', 'release-token': 'r', 'release-seal': SEAL })) {
    azure.replies.set(`GET /secrets/${name}`, { body: { value } });
  }
  answerAsSlot(azure, SLOTS.production, 'production', LIVE.version);
  answerAsSlot(azure, SLOTS.staging, 'staging', '72c32c3c38e8');
  answerAsStore(azure, '/releases', [LIVE]);
});

/** A slow machine shows progress too. */
const errorsIn = (stderr: string): string[] => stderr.split('\n').filter((line) => line.includes('SLIP-'));
const DONE = { code: 0, errors: [], unanswered: [] };

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as it is typed. Every host of Azure is reached through the proxy, which leads to the server. */
function slipway(...args: string[]): Promise<Ran> {
  const env = {
    PATH: `${directory}:/usr/bin:/bin`,
    HOME: directory,
    HTTPS_PROXY: azure.plain,
    NO_PROXY: '127.0.0.1',
    NODE_USE_ENV_PROXY: '1',
    NODE_EXTRA_CA_CERTS: join(directory, 'ca.pem'),
    IDENTITY_ENDPOINT: `${azure.plain}/token`,
    IDENTITY_HEADER: 'h',
    AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env, timeout: 120_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

describe('doctor --stack', () => {
  test('says of a stack that is well that nothing is wrong', async () => {
    const { code, stdout, stderr } = await slipway('doctor', '--stack', 'prod');
    expect({ code, errors: errorsIn(stderr), unanswered: azure.unanswered }).toEqual(DONE);
    expect(stdout).not.toMatch(/^(NO|\?\?)/m);
    expect(stdout).toMatch(/^ok {2}production answers/m);
  });

  test('fails for one that is broken, what visitors notice first', async () => {
    azure.answerLike('broken', new Date());
    const { code, stdout, stderr } = await slipway('doctor', '--stack', 'prod', '--json');
    expect(code).toBe(1);
    expect(stderr).toContain('SLIP-DOCTOR-PROBLEMS');
    const [findings] = stdout.trim().split('\n');
    expect(JSON.parse(findings ?? '')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ check: 'alerts', found: expect.stringContaining('app-5xx'), urgency: 1 }),
      ]),
    );
  });
});

describe('status --stack', () => {
  test('shows slots, sidecars, media and the last release, and what could not be asked with its role', async () => {
    const alerts = [...azure.replies.keys()].find((request) => request.endsWith('/alerts')) ?? '';
    azure.replies.set(alerts, {
      status: 403,
      body: { error: { code: 'AuthorizationFailed', message: 'not allowed' } },
    });
    const { code, stdout, stderr } = await slipway('status', '--stack', 'prod');
    expect({ code, errors: errorsIn(stderr), unanswered: azure.unanswered }).toEqual(DONE);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^prod: .*1 questions? without an answer, below$/);
    expect(stdout).toMatch(
      /^production {2}version 3f2a91c0d4be, since 2026-11-28 20:10 UTC .*, 2 of 2 instances ready$/m,
    );
    expect(stdout).toMatch(/media: 0 pending, 0 stuck, 0 conflicts/);
    expect(stdout).toMatch(/^settings {4}as the program wants them$/m);
    expect(stdout).toMatch(/^releases {4}last: release of 3f2a91c0d4be, live, .* by octocat, 0 of 204 requests lost$/m);
    expect(stdout).toMatch(/^\?\? {2}not asked: alerts: 403 AuthorizationFailed/m);
    expect(stdout).toContain('--role "Monitoring Reader"');
  });
});

describe('logs --stack', () => {
  test('shows the lines of Log Analytics, then what a slot that does not answer wrote while it started', async () => {
    azure.replies.set('GET staging.example.org/_slipway/version', { status: 503, body: '' });
    azure.replies.set(`GET ${STAGING_SCM}/api/startuplogs`, {
      body: 'pulling the image\nslipway: the package is damaged\n',
      headers: { 'x-startuplog-outcome': 'failure', 'x-startuplog-date': '2026-11-29T02:57:00Z' },
    });
    const { code, stdout, stderr } = await slipway('logs', '--stack', 'prod');
    expect({ code, errors: errorsIn(stderr), unanswered: azure.unanswered }).toEqual(DONE);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, 4)).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} production lw0sdlwk0008PB worker\.queue {2}.*job 17 done/),
      expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} staging lw1sdlwk0009EF app {2}.*Connection timed out/),
      expect.stringMatching(
        /^\d\d:\d\d:\d\d\.\d{3} production lw0sdlwk0008PB platform {2}Container app-slipway-prod is started\.$/,
      ),
      expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} production lw0sdlwk0008PB sidecar {2}.*Blob answers slowly/),
    ]);
    expect(lines.slice(4)).toEqual([
      '== staging answers 503; the startup log of its container (failure, 2026-11-29T02:57:00Z):',
      'staging startup  pulling the image',
      'staging startup  slipway: the package is damaged',
    ]);
  });
});
