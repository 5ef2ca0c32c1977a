import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Finding } from '../azure/doctor/check.ts';
import { findingsText } from '../azure/doctor/findings-text.ts';
import { AzureServer, NOW } from '../testbed/azure/azure-server.ts';
import { answerAsStore, LIVE, OUTPUTS, SITE, stackOn } from '../testbed/azure/stack-on.ts';
import { eventually } from '../testbed/eventually.ts';
import { AFTER_UP, examine } from './doctor.ts';

let azure: AzureServer;
beforeAll(async () => {
  azure = await AzureServer.start();
});
afterAll(() => azure.close());
beforeEach(() => {
  azure.replies.clear();
  azure.asked.length = 0;
  azure.unanswered.length = 0;
  azure.answerLike('healthy');
});
afterEach(() => expect(azure.unanswered).toEqual([]));

const ROOT = join(import.meta.dirname, '../..');
const GROUP = `/subscriptions/${SITE.subscriptionId}/resourceGroups/${SITE.resourceGroup}`;
const ALERTS = `GET /subscriptions/${SITE.subscriptionId}/providers/Microsoft.AlertsManagement/alerts`;
/** Only these checks: each other one costs a connection. */
const some = (...names: readonly string[]) => AFTER_UP.filter(({ name }) => names.includes(name));
const only = (findings: readonly Finding[], verdict: Finding['verdict']) =>
  findings.filter((each) => each.verdict === verdict);

describe('a stack that is up', () => {
  test('and well has nothing wrong, and every check says so', async () => {
    const findings = await examine(stackOn(azure));
    expect(findings.filter(({ verdict }) => verdict !== 'fine')).toEqual([]);
    expect(new Set(findings.map(({ check }) => check)).size).toBe(AFTER_UP.length);
  });

  test('is only asked, never changed', async () => {
    await examine(stackOn(azure));
    const posts = azure.asked.filter((line) => !line.startsWith('GET '));
    // Azure has these readings as POST.
    expect(posts.filter((line) => !/\/(config\/(appsettings|azurestorageaccounts)\/list|query)$/.test(line))).toEqual(
      [],
    );
    expect(posts).not.toEqual([]);
  });

  test('and broken has each fault named, with what to do, the most urgent first', async () => {
    const stack = stackOn(azure);
    azure.answerLike('broken');
    const findings = await examine(stack);
    expect(only(findings, 'unknown')).toEqual([]);
    const problems = only(findings, 'problem');
    expect(problems.every(({ fix }) => (fix ?? '') !== '')).toBe(true);
    expect(problems.map(({ check, found }) => `${check}: ${found}`)).toEqual(
      expect.arrayContaining([
        'staging site: App Service has it as Stopped',
        'production instances: container does not run: 9c0e77d1 is STOPPED',
        'alerts: slipway-prod-app-5xx (Sev1) on app-slipway-prod: The app answers with server errors.',
        "Azure services: flexibleServers mysql-slipway is Unavailable: We're sorry, your MySQL server is unavailable",
        'staging Key Vault references: DATABASE_PASSWORD is not resolved: AccessToKeyVaultDenied, Access to Key Vault was denied.',
        'staging mounts: media (stslipwaymedia/media) is InvalidCredentials',
        'private endpoints: pe-media is Pending: Awaiting approval',
        'certificates: www.example.org is PendingRevalidation',
        'certificates: own ends in 4 d',
        'sidecars: staging: no sidecar reports',
        'sidecars: production 3fd1a5b2: 41 files on the way to Blob, the oldest for 21 min',
        'sidecars: production 3fd1a5b2: 2 files stuck',
        'drift: production: app setting APP_ENV: changed since the release',
        expect.stringMatching(/^logs: the workspace takes nothing more, until 2026-11-29T07:00:00Z/),
      ]),
    );
    expect(problems.map(({ found }) => found).join()).not.toContain('mysql-cpu');
    expect(problems.find(({ found }) => found.includes('app-5xx'))?.page).toBe(
      'https://github.com/example/shop/blob/main/docs/runbooks/production-down.md',
    );
    const pages = problems.flatMap(({ page }) => (page?.startsWith('docs/') ? [page] : []));
    expect(pages.length).toBeGreaterThan(5);
    expect(pages.filter((page) => !existsSync(join(ROOT, page)))).toEqual([]);
    const text = findingsText(findings, NOW);
    const first = text.split('\n')[0];
    expect(first).toMatch(/^NO {2}.*since 2026-11-29 02:13 UTC \(47 min\)$/);
    expect(text.indexOf('redis-memory')).toBeGreaterThan(text.indexOf('app-5xx'));
    expect(text.indexOf('\nok  ')).toBeGreaterThan(text.lastIndexOf('\nNO  '));
  });
});

describe('a slot', () => {
  test('that does not answer is told from one to which nothing was released', async () => {
    const stack = () => stackOn(azure);
    const staging = async () => {
      const it = stack();
      azure.replies.set(`GET ${new URL(azure.second).host}/_slipway/version`, { status: 503, body: '' });
      return examine(it, some('staging answers'));
    };
    expect(await staging()).toEqual([
      expect.objectContaining({
        verdict: 'problem',
        found: '503 instead of its version',
        fix: expect.stringContaining('./slipway logs --stack prod --slot staging'),
      }),
    ]);
    const it = stack();
    answerAsStore(azure, '/streleases/releases', []);
    azure.replies.set(`GET ${new URL(azure.second).host}/_slipway/version`, { status: 503, body: '' });
    expect(await examine(it, some('staging answers'))).toEqual([expect.objectContaining({ verdict: 'note' })]);
  });

  test('whose deep health fails has the check by name', async () => {
    const it = stackOn(azure);
    const checks = {
      mysql: [{ status: 'fail', output: 'no answer within 1 s' }],
      sidecar: [{ status: 'warn', output: 'not ready' }],
    };
    azure.replies.set(`GET ${new URL(azure.plain).host}/_slipway/health`, {
      status: 503,
      body: { status: 'fail', checks },
    });
    const found = await examine(it, some('production answers'));
    expect(found.map(({ found: said, urgency }) => [said, urgency])).toEqual([
      ['mysql fail: no answer within 1 s', 1],
      ['sidecar warn: not ready', 2],
    ]);
  });
});

test('what the program wants otherwise is a note by name, and what an application brings is none', async () => {
  const settings = `POST ${GROUP}/providers/Microsoft.Web/sites/${SITE.app}/config/appsettings/list`;
  const found = { ...OUTPUTS.wanted.settings, APP_KEY: 'of-the-application', APP_ENV: 'older' };
  const it = stackOn(azure);
  azure.replies.set(settings, { body: { properties: found } });
  answerAsStore(azure, '/streleases/releases', [{ ...LIVE, settings: found }]);
  const findings = await examine(it, some('drift', 'unreleased settings'));
  expect(only(findings, 'problem')).toEqual([]);
  expect(only(findings, 'note')).toEqual([
    {
      check: 'unreleased settings',
      verdict: 'note',
      found: 'the next release changes in production: app setting APP_ENV (changed)',
    },
  ]);
});

test('a command that left the lock behind is named, one that holds it now is a note', async () => {
  const owner = (since: string) => ({ owner: { who: 'octocat', command: 'release', since } });
  const lockOf = async (since: string) => {
    const it = stackOn(azure);
    answerAsStore(azure, '/streleases/releases', [LIVE], owner(since));
    return (await examine(it, some('release lock')))[0];
  };
  expect(await lockOf('2026-11-29T02:55:00Z')).toMatchObject({
    verdict: 'note',
    found: 'held by octocat (release), since 2026-11-29T02:55:00Z',
  });
  expect(await lockOf('2026-11-28T20:00:00Z')).toMatchObject({
    verdict: 'problem',
    fix: expect.stringContaining('./slipway heal --stack prod'),
  });
});

describe('a question without an answer', () => {
  const refusal = (status: number, code: string) => ({
    status,
    body: { error: { code, message: `no ${code}` } },
    headers: { 'retry-after': '0' },
  });

  test.each([
    [401, 'InvalidAuthenticationToken', /az login/],
    [403, 'AuthorizationFailed', /--role "Monitoring Reader" --assignee YOU --scope \/subscriptions\//],
    [404, 'ResourceGroupNotFound', /npx pulumi up/],
    [429, 'TooManyRequests', /ask again in some minutes/],
  ])('for %i says what is missing and leaves the others alone', async (status, code, fix) => {
    const it = stackOn(azure);
    azure.replies.set(ALERTS, refusal(status, code));
    const findings = await examine(it, some('alerts', 'Azure services', 'private endpoints'));
    expect(only(findings, 'unknown')).toEqual([
      {
        check: 'alerts',
        verdict: 'unknown',
        found: expect.stringMatching(`^could not be asked: .*${status}`),
        fix: expect.stringMatching(fix),
      },
    ]);
    expect(only(findings, 'fine').map(({ check }) => check)).toEqual(['Azure services', 'private endpoints']);
  });

  test('because nothing is answered ends at the limit of a call', async () => {
    const it = stackOn(azure, { callMs: 300 });
    azure.replies.set(ALERTS, { hangs: true });
    const [found] = await examine(it, some('alerts'));
    expect(found).toMatchObject({ verdict: 'unknown', found: expect.stringContaining('no answer within 0.3 s') });
  });

  test('is each of them when nothing may be asked, and names every role', async () => {
    const it = stackOn(azure);
    const forbidden = refusal(403, 'AuthorizationFailed');
    for (const request of azure.replies.keys()) azure.replies.set(request, forbidden);
    const findings = await examine(it);
    // A check ends with its first refusal; its other calls would outlive the server.
    await eventually('the whole reading of the configuration', () =>
      ['appsettings/list', 'slotConfigNames', 'sitecontainers', 'config/web'].every((end) =>
        azure.asked.some((line) => line.endsWith(end)),
      ),
    );
    const asked = findings.filter(({ check }) => !check.endsWith(' answers'));
    expect(asked.filter(({ verdict }) => verdict !== 'unknown')).toEqual([]);
    const roles = asked.map(({ fix }) => /--role "([^"]+)"/.exec(fix ?? '')?.[1]);
    expect(asked.filter((_, index) => roles[index] === undefined)).toEqual([]);
    expect([...new Set(roles)].toSorted()).toEqual([
      'Log Analytics Reader',
      'Monitoring Reader',
      'Reader',
      'Storage Blob Data Reader',
      'Website Contributor',
    ]);
  });
});
