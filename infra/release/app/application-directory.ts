import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { asObject } from '../../lib/json.ts';

/** Of this checkout. */
export const projectDirectory = join(import.meta.dirname, '../../..');
const BUILT_IN = 'webapplication';
const KEY = 'slipway:app';

/** The application that commands release when none is named: `slipway:app` of Pulumi.yaml, else the built-in one. */
export async function applicationDirectory(project = projectDirectory): Promise<string> {
  const { config } = asObject(parse(await readFile(join(project, 'Pulumi.yaml'), 'utf8')));
  const named = asObject(config)[KEY];
  const value = typeof named === 'string' ? named : asObject(named).value;
  return resolve(project, typeof value === 'string' && value !== '' ? value : BUILT_IN);
}
