// Writes docs/reference/what-an-up-does.md; some seventy evaluations: node infra/report/write-up-page.ts
import { writeFile } from 'node:fs/promises';
import { evaluateChanges } from './up/evaluate-changes.ts';
import { KEY_CHANGES } from './up/key-changes.ts';
import { upPage } from './up/up-page.ts';

const PAGE = new URL('../../docs/reference/what-an-up-does.md', import.meta.url);

await writeFile(PAGE, upPage(await evaluateChanges(KEY_CHANGES)));
