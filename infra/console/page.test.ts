import { existsSync, readFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { long } from '../testbed/long-form.ts';
import { healthyStatus, type SeededConsole, seededConsole } from './seeded-console.fixture.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const BROWSER_ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
const PAGES = ['Overview', 'Releases', 'Settings', 'Media', 'Traffic', 'Traces', 'Logs', 'Faults'];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Without a browser there is nothing to see; `.ci/run` and the dev container have one. */
const withBrowser = executablePath === undefined ? describe.skip : describe;

withBrowser('the page in a browser', () => {
  let seeded: SeededConsole;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    [seeded, browser] = await Promise.all([
      seededConsole(),
      chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: BROWSER_ARGUMENTS }),
    ]);
    page = await open('light', 1280);
  });

  afterAll(async () => {
    await browser?.close();
    await seeded?.close();
  });

  async function open(colorScheme: 'light' | 'dark', width: number): Promise<Page> {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const opened = await context.newPage();
    opened.on('console', (message) => complaints.push(message.text()));
    opened.on('pageerror', (error) => complaints.push(error.message));
    await opened.goto(`${seeded.url}/?token=${seeded.token}`);
    await opened.getByRole('heading', { name: 'Production' }).waitFor();
    return opened;
  }

  async function choose(on: Page, name: string): Promise<void> {
    await on.getByRole('navigation').getByRole('link', { name }).click();
    await on.getByRole('heading', { level: 1, name }).waitFor();
  }

  /** Violations of WCAG 2.2 AA and of axe's best practices. */
  async function violations(on: Page): Promise<string[]> {
    await on.evaluate(axe);
    const { violations: found } = (await on.evaluate('axe.run()')) as AxeResults;
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  test.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('axe-core finds nothing in %s colours, %d pixels wide', async (scheme, width) => {
    const opened = await open(scheme, width);
    for (const name of long ? PAGES : PAGES.slice(0, 1)) {
      await choose(opened, name);
      expect([name, await violations(opened)]).toEqual([name, []]);
      const tooWide = await opened.evaluate('document.documentElement.scrollWidth > innerWidth');
      expect([name, tooWide]).toEqual([name, false]);
    }
    await opened.context().close();
  });

  test('a part that is down is named with what to do, and its fault is one click away', async () => {
    await choose(page, 'Overview');
    await page.getByText('Everything is well.').waitFor();
    const redis = new Date(Date.now() - 190_000).toISOString();
    const downSince = { ...seeded.status.downSince, redis };
    seeded.status = { ...seeded.status, downSince, servers: { ...seeded.status.servers, redis: null } };
    await page.getByText('Redis is down, for 3 min.').waitFor();
    await page.getByRole('status').getByRole('link', { name: 'Faults' }).click();
    await page.getByRole('switch', { name: /Redis off/ }).click();
    await page.getByRole('switch', { name: /Redis on/ }).waitFor();
    expect(seeded.switched).toEqual([{ target: 'redis', on: true }]);
  });

  test('which setting differs between the slots is found from the first page in one click', async () => {
    await choose(page, 'Overview');
    await page.getByRole('link', { name: '1 setting not as in the other slot' }).first().click();
    await page.getByRole('row', { name: /IMAGE_RATE_PER_MINUTE differs 60000 7/ }).waitFor();
  });

  test('what happened in the last release is found from the first page in two clicks', async () => {
    await choose(page, 'Overview');
    await page.getByRole('link', { name: 'All releases' }).click();
    await page.getByRole('button', { name: 'release', exact: true }).first().click();
    await page.getByText('Blob does not answer').waitFor();
    await page.getByText('✗ blob-reachable').waitFor();
  });

  test('why a request is slow is found from the first page in two clicks, with what was logged in it', async () => {
    await choose(page, 'Overview');
    await choose(page, 'Traces');
    await page.getByLabel('Order').selectOption('slowest first');
    await page.getByRole('heading', { name: 'Slowest requests' }).waitFor();
    await page.getByRole('row', { name: /2.4 s/ }).getByRole('link').click();
    await page.getByText(/Most of its time: mysql SELECT images, 2.3 s of 2.4 s/).waitFor();
    await page.getByText('SELECT waited for a lock').waitFor();
  });

  test('logs of all processes are in one list, and a line leads to its trace', async () => {
    await choose(page, 'Logs');
    await page.getByText('Blob is available').waitFor();
    await page.getByLabel('Find in lines').fill('lock');
    await page.getByText('Blob is available').waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'trace', exact: true }).click();
    await page.getByRole('heading', { name: 'Path' }).waitFor();
  });

  test('while a command changes the slots, wherever it was started, the page shows it and offers no other', async () => {
    const said = (line: object): Promise<void> =>
      appendFile(
        seeded.paths.releaseJournal,
        `${JSON.stringify({ run: 'r', time: new Date().toISOString(), ...line })}\n`,
      );
    await choose(page, 'Overview');
    await said({ event: 'begin', command: 'release', who: 'ada', pid: process.pid });
    await said({ event: 'step', step: 'build', state: 'started' });
    await page.getByText('Under way: release, by ada.').waitFor();
    expect(await page.getByRole('button', { name: 'Release', exact: true }).isDisabled()).toBe(true);
    await said({ event: 'end', error: { code: 'SLIP-RELEASE-BUILD', found: 'no package', fix: 'repair it' } });
    await page.getByText('repair it').waitFor();
    expect(await page.getByRole('button', { name: 'Release', exact: true }).isDisabled()).toBe(false);
  });

  test('a release says what it will do before it does it', async () => {
    await choose(page, 'Overview');
    await page.getByRole('button', { name: 'Release', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: 'Release to production' }).waitFor();
    await dialog.getByText('Drain and swap, without losing a request').waitFor();
    await dialog.getByLabel(/Stop before the swap/).check();
    await dialog.getByText('./slipway release --to verify').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
  });

  test('why an image is not in Blob is found in one click; names with markup stay text, secrets are not shown', async () => {
    const stuck = [{ name: '<img src=x onerror=alert(1)>', reason: 'cannot be read', seconds: 9 }];
    const { production } = healthyStatus().slots;
    const media = { pending: 1, oldestSeconds: 9, synced: 0, stuck, conflicts: [] };
    seeded.status = { ...healthyStatus(), slots: { ...healthyStatus().slots, production: { ...production, media } } };
    await choose(page, 'Overview');
    await page.getByRole('status').getByRole('link', { name: 'Media' }).click();
    await page.getByRole('row', { name: /<img src=x onerror=alert\(1\)> cannot be read/ }).waitFor();
    await choose(page, 'Overview');
    await page.getByRole('button', { name: 'MySQL' }).click();
    const drawer = page.getByRole('dialog', { name: 'MySQL' });
    await drawer.getByRole('row', { name: /administratorLoginPassword •••••• \(secret\)/ }).waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
  });

  test('the browser has nothing to complain about', () => {
    expect(complaints).toEqual([]);
  });
});
