import { join } from 'node:path';

/** What the region starts when somebody opens its page. */
export const consoleProgram: string = join(import.meta.dirname, 'main.ts');
