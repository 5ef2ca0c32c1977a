import { existsSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';

/** The system's browser, wherever Debian, Ubuntu or a hosted runner has it. Undefined: there is none, and nothing to see. */
export const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
/** Ends what hangs; a machine that is busy with other things takes its time. */
const LIMIT_MS = 90_000;

export async function launchBrowser(): Promise<Browser> {
  if (BROWSER === undefined) throw new Error('no browser is installed: apt-get install chromium');
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: BROWSER, args: ARGUMENTS, timeout: LIMIT_MS });
}

/** Opens the console at the address that `npm start` prints. `complaints` gets what the browser's own console says. */
export async function openConsolePage(
  browser: Browser,
  url: string,
  { complaints = [], width = 1280 }: { readonly complaints?: string[]; readonly width?: number } = {},
): Promise<Page> {
  const context = await browser.newContext({ colorScheme: 'light', viewport: { width, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  await page.getByRole('heading', { name: 'Production' }).waitFor();
  return page;
}

/** What somebody does who looks for an answer, beginning at the first page: each choice counts. */
export class Walk {
  readonly page: Page;
  #clicks = 0;

  private constructor(page: Page) {
    this.page = page;
  }

  static async from(page: Page): Promise<Walk> {
    await page.evaluate("location.hash = '#/overview'");
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    return new Walk(page);
  }

  get clicks(): number {
    return this.#clicks;
  }

  async click(what: Locator): Promise<void> {
    this.#clicks += 1;
    await what.click();
  }

  /** A page by its name in the navigation. */
  async open(name: string): Promise<void> {
    await this.click(this.page.getByRole('navigation').getByRole('link', { name }));
    await this.page.getByRole('heading', { level: 1, name }).waitFor();
  }

  async choose(label: string, option: string): Promise<void> {
    this.#clicks += 1;
    await this.page.getByLabel(label).selectOption(option);
  }
}
