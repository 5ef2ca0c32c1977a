import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { AppService } from '../../release/appservice/app-service.ts';
import { openTarget } from '../../release/target/open-target.ts';
import { BROWSER, launchBrowser, openConsolePage, Walk } from '../../testbed/browser.ts';
import { CommittedCheckout } from '../../testbed/committed-checkout.ts';
import { sql } from '../../testbed/database.ts';
import { eventually } from '../../testbed/eventually.ts';
import { Loop } from '../../testbed/load.ts';
import { TestRegion } from '../../testbed/region.ts';

/** The steps and gates of a command that changed the slots, and how it ended, as somebody sees them. */
interface Seen {
  readonly steps: readonly string[];
  readonly gates: readonly string[];
  readonly outcome: string | null;
  readonly code: string | null;
}

/** A slot answers slowly on a busy machine, which these tests must not depend on. */
const patient = (options: string): string =>
  options.replace('\n      500,', '\n      60_000,').replace('\n      15,', '\n      2,');
const HOME_PHP = 'webapplication/src/Controller/Home.php';
const PING_PHP = 'webapplication/src/Controller/Ping.php';

/** Whoever looks at the page of a region sees what happens, and finds why; what is done on it is what the terminal does. */
export function describeConsolePage(): void {
  const withBrowser = BROWSER === undefined ? describe.skip : describe;
  withBrowser('the page of a region in a browser', () => {
    let checkout: CommittedCheckout;
    let region: TestRegion;
    let browser: Browser;
    let page: Page;
    let first: string;

    beforeAll(async () => {
      checkout = await CommittedCheckout.create();
      await checkout.commit('infra/cli/release-budgets.ts', patient);
      region = await TestRegion.create(checkout.root);
      await region.start();
      first = await liveVersion();
      browser = await launchBrowser();
      page = await openConsolePage(browser, (await region.connection()).console.url);
    });

    afterAll(async () => {
      await browser?.close();
      await region?.remove();
      await checkout?.remove();
    });

    async function liveVersion(): Promise<string> {
      return (await region.status()).slots.production.version ?? '';
    }

    /** What the page shows of the command that ended last. */
    async function shown(): Promise<Seen> {
      const run = page.getByRole('region', { name: /^Run of / });
      const [steps, gates, outcome, codes] = await Promise.all([
        run.locator('.run-step b').allTextContents(),
        run.locator('.gate').allTextContents(),
        run.locator('header .pill').textContent(),
        run.locator('.error-box dt code').allTextContents(),
      ]);
      return { steps, gates, outcome, code: codes[0] ?? null };
    }

    async function untilDone(command: string): Promise<Seen> {
      await page.getByText(`Under way: ${command}, by`).waitFor();
      expect(await page.getByRole('button', { name: 'Release', exact: true }).isDisabled()).toBe(true);
      await page.getByText('Nothing is under way.').waitFor();
      return shown();
    }

    /** On the page: the button, what the dialog says, and its end. */
    async function onPage(button: 'Release' | 'Swap back', says: string, command: string): Promise<Seen> {
      await Walk.from(page);
      await page.getByRole('button', { name: button, exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText(says).waitFor();
      await dialog.getByRole('button', { name: button, exact: true }).click();
      return untilDone(command);
    }

    /** In a terminal, watched on the page; both say the same. */
    async function inTerminal(command: string): Promise<Seen> {
      await (await Walk.from(page)).open('Releases');
      const [{ stdout }, seen] = await Promise.all([region.command(command, '--json'), untilDone(command)]);
      const events = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
      const started = events.filter(({ event, state }) => event === 'step' && state === 'started');
      expect(seen.steps).toEqual(started.map(({ step }) => step));
      const gates = events.filter(({ event }) => event === 'gate');
      expect(seen.gates).toEqual(gates.map(({ gate, passed }) => `${passed ? '✓' : '✗'} ${gate}`));
      return seen;
    }

    /** Makes another version of what is released. */
    function change(words: string): Promise<void> {
      return checkout.commit(HOME_PHP, (php) => `${php}\n// ${words}\n`);
    }

    async function history(): Promise<readonly Record<string, unknown>[]> {
      return JSON.parse((await region.command('history', '--json')).stdout) as Record<string, unknown>[];
    }

    test('a release, a swap back and a refused release look the same from the page and from a terminal, and lose nothing', async () => {
      const { production } = await region.connection();
      const visitor = new Loop(async (count) => {
        const answer = await fetch(production);
        count();
        await answer.arrayBuffer();
        if (answer.status !== 200) throw new Error(`production answered ${answer.status}`);
      });
      const seen: Record<string, Seen[]> = { release: [], rollback: [], refused: [] };
      await change('from the page');
      seen.release?.push(await onPage('Release', './slipway release', 'release'));
      seen.rollback?.push(await onPage('Swap back', './slipway rollback', 'rollback'));
      expect(await liveVersion()).toBe(first);
      await change('from a terminal');
      seen.release?.push(await inTerminal('release'));
      seen.rollback?.push(await inTerminal('rollback'));
      expect(await liveVersion()).toBe(first);
      await checkout.commit(PING_PHP, (php) => php.replace('pong', 'gnop'));
      seen.refused?.push(await onPage('Release', './slipway release', 'release'));
      seen.refused?.push(await inTerminal('release'));
      await checkout.commit(PING_PHP, (php) => php.replace('gnop', 'pong'));
      for (const [fromPage, fromTerminal] of Object.values(seen)) expect(fromPage).toEqual(fromTerminal);
      expect(Object.values(seen).map(([run]) => [run?.outcome, run?.code])).toEqual([
        ['live', null],
        ['live', null],
        ['refused', 'SLIP-RELEASE-SMOKE'],
      ]);
      expect(await visitor.stop()).toMatchObject({ failed: 0, failures: [] });
      const told = (await history()).slice(0, 6).map(({ kind, outcome, requests }) => [kind, outcome, requests]);
      expect(told.map(([kind, outcome]) => `${kind} ${outcome}`)).toEqual([
        'release refused',
        'release refused',
        'rollback live',
        'release live',
        'rollback live',
        'release live',
      ]);
      for (const [, , requests] of told) expect(requests).toMatchObject({ lost: 0 });
      expect(JSON.parse((await region.command('status', '--json')).stdout)).toMatchObject({
        inProgress: null,
        drift: [],
      });
    });

    test('which setting differs between the slots', async () => {
      const { site, management } = await openTarget({ stateDir: region.stateDir });
      const service = new AppService(site, management);
      await service.replaceSettings({ ...(await service.settings('staging')), IMAGE_RATE_PER_MINUTE: '7' });
      const walk = await Walk.from(page);
      await walk.click(page.getByRole('link', { name: /not as in the other slot/ }).first());
      await page.getByRole('row', { name: /IMAGE_RATE_PER_MINUTE differs \d+ 7/ }).waitFor();
      expect(walk.clicks).toBeLessThanOrEqual(4);
    });

    test('why an image is not in Blob', async () => {
      const { outbox } = (await region.connection()).slots.production;
      await symlink('/etc/hostname', join(outbox, 'holiday.png'));
      const walk = await Walk.from(page);
      await walk.click(page.getByRole('status').getByRole('link', { name: 'Media' }).first());
      await page.getByRole('row', { name: /holiday\.png .*link/ }).waitFor();
      expect(walk.clicks).toBeLessThanOrEqual(4);
    });

    test('why a request is slow', async () => {
      const connection = await region.connection();
      // The application waits for the database for a second at most.
      const held = sql(connection, 'LOCK TABLES images WRITE; DO SLEEP(6); UNLOCK TABLES');
      await eventually('a listing waits in vain', async () => {
        const answer = await fetch(`${connection.production}/api/images`);
        await answer.arrayBuffer();
        return answer.status === 503;
      });
      await held;
      const walk = await Walk.from(page);
      await walk.open('Traces');
      await walk.choose('Order', 'slowest first');
      await walk.click(page.getByLabel('Only failed'));
      await walk.click(page.getByRole('row').nth(1).getByRole('link', { name: 'GET /api/images' }));
      await page.getByText(/Most of its time: mysql/).waitFor();
      expect(walk.clicks).toBeLessThanOrEqual(4);
    });

    test('what happened in the last release', async () => {
      const walk = await Walk.from(page);
      await walk.click(page.getByRole('link', { name: 'All releases' }));
      await walk.click(page.getByRole('button', { name: 'release', exact: true }).first());
      const details = page.getByRole('region', { name: 'History of releases' });
      await details.getByText('SLIP-RELEASE-SMOKE').waitFor();
      await details.getByText(/gnop/).waitFor();
      expect(walk.clicks).toBeLessThanOrEqual(4);
    });

    test('the page goes on after a restart of the region, and shows what it missed', async () => {
      await Walk.from(page);
      const events = '**/api/events';
      // As a machine that sleeps: the page cannot ask for a while.
      await page.context().route(events, (route) => route.abort());
      await region.command('stop');
      await page.getByText('The region does not answer.').waitFor();
      await region.start();
      await change('while nobody looked');
      expect((await region.command('release')).code).toBe(0);
      const live = await liveVersion();
      expect(live).not.toBe(first);
      await page.context().unroute(events);
      await page.getByText('The region does not answer.').waitFor({ state: 'hidden' });
      await page.getByRole('region', { name: 'Production' }).getByText(live, { exact: true }).waitFor();
      await page
        .getByRole('region', { name: 'Last releases' })
        .getByRole('row', { name: `release ${live} live` })
        .waitFor();
    });
  });
}
