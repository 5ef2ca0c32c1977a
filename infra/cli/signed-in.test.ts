import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

let directory: string;
/** The command lines of the machine's processes. */
function processes(): string[] {
  return globSync('/proc/[0-9]*/cmdline').map((file) => {
    try {
      return readFileSync(file, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  });
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-signed-in-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A program that writes each of its calls, a line each, and then runs the rest. */
function standIn(name: string, rest = ''): void {
  writeFileSync(join(directory, name), `#!/bin/bash\necho "${name} $*" >>"${directory}/calls"\n${rest}\n`);
  chmodSync(join(directory, name), 0o755);
}

function run(script: string, args: readonly string[], environment: Readonly<Record<string, string>>) {
  const { status, stdout } = spawnSync(join(root, script), args, {
    env: { PATH: `${directory}:/usr/bin:/bin`, ...environment },
    encoding: 'utf8',
  });
  const calls = existsSync(join(directory, 'calls'))
    ? readFileSync(join(directory, 'calls'), 'utf8').trim().split('\n')
    : [];
  return { status, stdout, calls };
}

describe('a command that is signed in as long as it runs', () => {
  const ENVIRONMENT = {
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example/?v=1',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
    AZURE_CLIENT_ID: 'client',
    ARM_TENANT_ID: 'tenant',
    ARM_SUBSCRIPTION_ID: 'subscription',
  };
  beforeEach(() => {
    standIn('az', `if [ "$1" = login ]; then cat >>"${directory}/az-input"; fi`);
    // What it is given over its input, which other processes cannot see.
    standIn('curl', `cat >>"${directory}/curl-config"; echo '{"value":"fresh-token"}'`);
    standIn('jq', 'cat >/dev/null; echo fresh-token');
  });

  test('begins with a token for each resource, passes its exit code on and ends the renewal', () => {
    standIn('work', 'exit 7');
    // A number that no other test on this machine has.
    const renewal = { RENEW_SECONDS: `86397${process.pid}` };
    const { status, calls } = run('.github/signed-in.sh', ['work', 'two words'], { ...ENVIRONMENT, ...renewal });
    expect(status).toBe(7);
    expect(processes().filter((line) => line.startsWith(`sleep ${renewal.RENEW_SECONDS}`))).toEqual([]);
    expect(calls.filter((call) => !/^(curl|jq) /.test(call))).toEqual([
      'az login --service-principal --username client --tenant tenant --federated-token @- --output none',
      'az account set --subscription subscription',
      ...['https://management.azure.com', 'https://storage.azure.com', 'https://vault.azure.net'].map(
        (resource) => `az account get-access-token --resource ${resource} --output none`,
      ),
      'work two words',
    ]);
    expect(calls.join('\n')).not.toMatch(/(request|fresh)-token/);
    expect(readFileSync(join(directory, 'az-input'), 'utf8')).toBe('fresh-token\n');
    expect(readFileSync(join(directory, 'curl-config'), 'utf8')).toContain('Authorization: Bearer request-token');
  });

  test('is signed in again while it runs', () => {
    const signedInAgain = `[ "$(grep -c 'az login' "${directory}/calls")" -ge 3 ]`;
    standIn('work', `for i in $(seq 1500); do if ${signedInAgain}; then exit 0; fi; sleep 0.02; done; exit 9`);
    const { status, calls } = run('.github/signed-in.sh', ['work'], { ...ENVIRONMENT, RENEW_SECONDS: '0.05' });
    expect(status).toBe(0);
    const after = calls.slice(calls.indexOf('work '));
    expect(after.filter((call) => call.startsWith('az account get-access-token')).length).toBeGreaterThanOrEqual(3);
  });

  test('does not begin without a sign-in', () => {
    standIn('az', 'exit 1');
    standIn('work');
    const { status, calls } = run('.github/signed-in.sh', ['work'], ENVIRONMENT);
    expect([status, calls.includes('work ')]).toEqual([1, false]);
  });
});

describe('one issue says what has drifted', () => {
  const report = (text: string) => {
    writeFileSync(join(directory, 'drift.txt'), text);
    return [join(directory, 'drift.txt')];
  };
  /** `open` is the number of the issue that is open. */
  const github = (open: string) => standIn('gh', `if [ "$2" = list ]; then echo ${open}; fi`);
  const verbs = ({ calls }: { calls: readonly string[] }) =>
    calls.filter((call) => /^gh issue/.test(call)).map((call) => call.split(' ').slice(1, 4).join(' '));

  test.each([
    ['opened the first time', '', 'app setting A: changed\n', ['issue list --state', 'issue create --title']],
    ['written again while it is open', '12', 'app setting A: changed\n', ['issue list --state', 'issue edit 12']],
    ['closed when it is over', '12', '', ['issue list --state', 'issue close 12']],
    ['not there when nothing drifted', '', '', ['issue list --state']],
  ])('%s', (_, open, text, expected) => {
    github(open);
    const ran = run('.github/drift-issue.sh', report(text), {});
    expect([ran.status, verbs(ran)]).toEqual([0, expected]);
  });
});
