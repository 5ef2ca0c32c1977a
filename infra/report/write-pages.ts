// Writes the pages that are made from the program: node infra/report/write-pages.ts
import { writeFile } from 'node:fs/promises';
import { evaluate } from '../evaluate/evaluate.ts';
import { KEYS } from '../program/config/config.ts';
import { configPage } from './config-page.ts';
import { picturesOf } from './drawing/pictures.ts';
import { ANY_DIGEST, systemPage } from './system-page.ts';

const REFERENCE = new URL('../../docs/reference/', import.meta.url);

const PICTURES = new URL('../../docs/pictures/', import.meta.url);

const config = { 'sidecar.digest': ANY_DIGEST };
const prod = await evaluate({ stage: 'prod', mode: 'update', config });
const stages = [prod, await evaluate({ stage: 'dev', mode: 'update', config })];
await writeFile(new URL('config.md', REFERENCE), configPage(KEYS));
await writeFile(new URL('system.md', REFERENCE), systemPage(stages));
for (const [name, picture] of await picturesOf(prod)) await writeFile(new URL(name, PICTURES), picture);
