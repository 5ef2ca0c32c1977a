// Writes the pages that are made from the program: node infra/report/write-pages.ts
import { writeFile } from 'node:fs/promises';
import { evaluate } from '../evaluate/evaluate.ts';
import { KEYS } from '../program/config/config.ts';
import { configPage } from './config-page.ts';
import { ANY_DIGEST, systemPage } from './system-page.ts';

const REFERENCE = new URL('../../docs/reference/', import.meta.url);

const config = { 'sidecar.digest': ANY_DIGEST };
const stages = [
  await evaluate({ stage: 'prod', mode: 'update', config }),
  await evaluate({ stage: 'dev', mode: 'update', config }),
];
await writeFile(new URL('config.md', REFERENCE), configPage(KEYS));
await writeFile(new URL('system.md', REFERENCE), systemPage(stages));
