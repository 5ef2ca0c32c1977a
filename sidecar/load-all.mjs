import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Loads what main.mjs loads later, so that the compile cache has it too. */
const chunks = join(import.meta.dirname, 'chunks');
for (const name of readdirSync(chunks)) await import(join(chunks, name));
