import type { Application } from '../application.ts';
import { frameworkSettings } from '../framework-settings.ts';
import type { TreeSigns } from '../kind.ts';

const FILE = '.env';
const KEYS_NAMED = 12;
/** What the program sets under its own names. */
const PROGRAM_SETTING = /^(DATABASE_|REDIS_|TRUSTED_PROXIES$|TLS_CA_FILE$)/;
const DATA_SERVICES = [
  'DATABASE_HOST',
  'DATABASE_PORT',
  'DATABASE_NAME',
  'DATABASE_USER',
  'DATABASE_PASSWORD',
  'REDIS_TLS_URL',
];

/** The keys of an application's `.env` that production would not have, as a sentence; none when it has them all. */
export async function unsetKeys({ kind, env, secrets }: Application, { read }: TreeSigns): Promise<string[]> {
  const wanted = Object.fromEntries([...DATA_SERVICES, 'TLS_CA_FILE'].map((name) => [name, '-']));
  const given = new Set([...Object.keys(env), ...secrets, ...Object.keys(frameworkSettings(kind, wanted))]);
  const keys = [...(await read(FILE)).matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/gm)].map(([, key]) => key ?? '');
  const unset = [...new Set(keys)].filter((key) => !given.has(key) && !PROGRAM_SETTING.test(key));
  if (unset.length === 0) return [];
  const named = unset.slice(0, KEYS_NAMED).join(', ');
  const more = unset.length > KEYS_NAMED ? `, and ${unset.length - KEYS_NAMED} more` : '';
  return [
    `${FILE} stays on this machine: what production needs of ${named}${more} belongs into env or secrets of slipway.yaml`,
  ];
}
