import { readFile, writeFile } from 'node:fs/promises';
import { isErrno } from '../lib/error-message.ts';
import type { BenchResult } from './bench.ts';

const OPENING = `# Benchmarks

Made by \`npm run bench\`, section by section; each says its machine and its day, and its raw data lies beside this page.
Machines differ and are shared: read the ratios between what ran in the same minute, not the absolute figures.
`;

/** Puts a result into its section of the page; the other sections stay as they are. */
export async function writeSection(page: string, { title, markdown }: BenchResult): Promise<void> {
  const before = await readFile(page, 'utf8').catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return OPENING;
    throw error;
  });
  const sections = before.split(/^(?=## )/m);
  const fresh = `## ${title}\n\n${markdown.trim()}\n`;
  const at = sections.findIndex((section) => section.startsWith(`## ${title}\n`));
  const all = at === -1 ? [...sections, fresh] : sections.with(at, fresh);
  await writeFile(page, `${all.map((section) => section.trim()).join('\n\n')}\n`);
}
