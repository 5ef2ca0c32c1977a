// Takes the pictures of docs/guides/console.md from a console over seeded data: node infra/testbed/take-console-screenshots.ts
import { join } from 'node:path';
import { seededConsole } from '../console/seeded-console.fixture.ts';
import { launchBrowser } from './browser.ts';

const DIRECTORY = join(import.meta.dirname, '../../docs/guides');
const SIZE = { width: 1240, height: 860 };
/** Until charts and the layout of the system are drawn. */
const DRAWN_MS = 2_000;

const seeded = await seededConsole();
const browser = await launchBrowser();
for (const colorScheme of ['light', 'dark'] as const) {
  const context = await browser.newContext({ colorScheme, viewport: SIZE });
  const page = await context.newPage();
  await page.goto(`${seeded.url}/?token=${seeded.token}`);
  await page.getByText('Everything is well.').waitFor();
  await page.waitForTimeout(DRAWN_MS);
  await page.screenshot({ path: join(DIRECTORY, `console-${colorScheme}.png`) });
}
await browser.close();
await seeded.close();
