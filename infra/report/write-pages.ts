// Writes the pages that are made from the program: node infra/report/write-pages.ts
import { writeFile } from 'node:fs/promises';
import { KEYS } from '../program/config.ts';
import { configPage } from './config-page.ts';

const PAGE = new URL('../../docs/reference/config.md', import.meta.url);

await writeFile(PAGE, configPage(KEYS));
