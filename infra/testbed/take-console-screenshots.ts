// Takes the pictures of docs/guides/console.md from a console over seeded data: node infra/testbed/take-console-screenshots.ts
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededConsole } from '../console/seeded-console.fixture.ts';
import { launchBrowser } from './browser.ts';

const DIRECTORY = join(import.meta.dirname, '../../docs/guides');
const SIZE = { width: 1240, height: 860 };
/** Until charts and the layout of the system are drawn. */
const DRAWN_MS = 2_000;

const seeded = await seededConsole();
const browser = await launchBrowser();
// Visitors who are there while the pictures are taken.
const trafficLog = join(seeded.paths.traffic, 'traffic.log');
const [, last = '0'] = /p (\d+)\.\d+ .*\n$/.exec(await readFile(trafficLog, 'utf8')) ?? [];
let filled = Number(last);
const visitors = setInterval(() => {
  const lines: string[] = [];
  while (filled < Math.floor(Date.now() / 1000) - 1) {
    filled += 1;
    for (let n = 0; n < 24; n++) lines.push(`p ${filled}.${100 + n} 0.0${n % 4}${n % 10} 200\n`);
  }
  void appendFile(trafficLog, lines.join(''));
}, 1_000);
for (const colorScheme of ['light', 'dark'] as const) {
  const context = await browser.newContext({ colorScheme, viewport: SIZE });
  const page = await context.newPage();
  await page.goto(`${seeded.url}/?token=${seeded.token}`);
  await page.getByText('Everything is well.').waitFor();
  await page.waitForTimeout(DRAWN_MS);
  await page.screenshot({ path: join(DIRECTORY, `console-${colorScheme}.png`) });
}
clearInterval(visitors);
await browser.close();
await seeded.close();
