import { readFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { BROWSER, launchBrowser, openConsolePage, Walk } from '../testbed/browser.ts';
import { long } from '../testbed/long-form.ts';
import { healthyStatus, type SeededConsole, seededConsole } from './seeded-console.fixture.ts';

const PAGES = ['Overview', 'Releases', 'Settings', 'Media', 'Traffic', 'Traces', 'Logs', 'Faults'];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Without a browser there is nothing to see; `.ci/run` and the dev container have one. */
const withBrowser = BROWSER === undefined ? describe.skip : describe;

withBrowser('the page in a browser', () => {
  let seeded: SeededConsole;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    [seeded, browser] = await Promise.all([seededConsole(), launchBrowser()]);
    page = await openConsolePage(browser, `${seeded.url}/?token=${seeded.token}`, { complaints });
  });

  afterAll(async () => {
    await browser?.close();
    await seeded?.close();
  });

  async function choose(on: Page, name: string): Promise<void> {
    await on.getByRole('navigation').getByRole('link', { name }).click();
    await on.getByRole('heading', { level: 1, name }).waitFor();
  }

  async function isTooWide(): Promise<unknown> {
    return page.evaluate('document.documentElement.scrollWidth > innerWidth');
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
  ] as const)('axe-core finds nothing in %s colours, %d pixels wide', async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    for (const name of long ? PAGES : PAGES.slice(0, 1)) {
      await choose(page, name);
      expect([name, await violations(page)]).toEqual([name, []]);
      expect([name, await isTooWide()]).toEqual([name, false]);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('another server of this machine, which gets the cookie, gets no data with it and can do nothing', async () => {
    const cookies: string[] = [];
    const other = createServer(({ headers }, response) => {
      cookies.push(headers.cookie ?? '');
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>another</title>');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const visit = await page.context().newPage();
    await visit.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    expect(await visit.evaluate('Object.keys(localStorage).length')).toBe(0);
    await visit.close();
    other.close();
    const cookie = cookies[0] ?? '';
    expect(cookie).toContain(`slipway-console-${seeded.port}=`);
    expect((await fetch(`${seeded.url}/api/state`, { headers: { cookie } })).status).toBe(403);
    const headers = { cookie, origin: seeded.url, 'content-type': 'application/json' };
    const body = JSON.stringify({ target: 'redis', on: false });
    expect((await fetch(`${seeded.url}/api/actions/fault`, { method: 'POST', headers, body })).status).toBe(403);
  });

  test('a part that is down is named with what to do, and its fault is one click away', async () => {
    await choose(page, 'Overview');
    await page.getByText('Everything is well.').waitFor();
    const redis = new Date(Date.now() - 190_000).toISOString();
    const downSince = { ...seeded.status.downSince, redis };
    seeded.status = { ...seeded.status, downSince, servers: { ...seeded.status.servers, redis: null } };
    await page.getByText(/^Redis is down, for \d+ min\.$/).waitFor();
    await page.setViewportSize({ width: 390, height: 900 });
    expect(await isTooWide()).toBe(false);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole('status').getByRole('link', { name: 'Faults' }).click();
    await page.getByRole('switch', { name: /Redis off/ }).click();
    await page.getByRole('switch', { name: /Redis on/ }).waitFor();
    expect(seeded.switched).toEqual([{ target: 'redis', on: true }]);
  });

  test('the latest images are shown, though the address of an image has no key', async () => {
    await choose(page, 'Media');
    const image = page.getByRole('img', { name: /^Image of production/ }).first();
    await image.waitFor();
    await page.waitForFunction("document.querySelector('img.thumbnail')?.naturalWidth > 0");
  });

  test('what production has otherwise than its release wrote is named', async () => {
    const { summary } = seeded.records;
    if (summary === undefined) throw new Error('nothing is seeded');
    await choose(page, 'Overview');
    const drift = ['app setting MEDIA_WAIT_MS: changed since the release'];
    seeded.records = { ...seeded.records, summary: { ...summary, drift } };
    await page.getByText('Production is not as the release wrote it.').waitFor();
    seeded.records = { ...seeded.records, summary };
  });

  test('which setting differs between the slots is found from the first page in one click', async () => {
    const walk = await Walk.from(page);
    await walk.click(page.getByRole('link', { name: '1 setting not as in the other slot' }).first());
    await page.getByRole('row', { name: /IMAGE_RATE_PER_MINUTE differs 60000 7/ }).waitFor();
    expect(walk.clicks).toBe(1);
  });

  test('what happened in the last release is found from the first page in two clicks', async () => {
    const walk = await Walk.from(page);
    await walk.click(page.getByRole('link', { name: 'All releases' }));
    await walk.click(page.getByRole('button', { name: 'release', exact: true }).first());
    await page.getByText('Blob does not answer').waitFor();
    await page.getByText('✗ blob-reachable').waitFor();
    expect(walk.clicks).toBe(2);
  });

  test('why a request is slow is found from the first page in three clicks, with what was logged in it', async () => {
    const walk = await Walk.from(page);
    await walk.open('Traces');
    await walk.choose('Order', 'slowest first');
    await page.getByRole('heading', { name: 'Slowest requests' }).waitFor();
    await walk.click(page.getByRole('row', { name: /2.4 s/ }).getByRole('link'));
    await page.getByText(/Most of its time: mysql SELECT images, 2.3 s of 2.4 s/).waitFor();
    await page.getByText('SELECT waited for a lock').waitFor();
    expect(walk.clicks).toBe(3);
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
    const walk = await Walk.from(page);
    await walk.click(page.getByRole('status').getByRole('link', { name: 'Media' }));
    await page.getByRole('row', { name: /<img src=x onerror=alert\(1\)> cannot be read/ }).waitFor();
    expect(walk.clicks).toBe(1);
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
