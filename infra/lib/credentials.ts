/**
 * Settings with which a version authenticates and is authenticated to. They follow `secrets.rotation` and not the version: a
 * rollback leaves them as production has them, because the secrets of an earlier rotation are gone.
 */
export const CREDENTIALS = [
  'DATABASE_USER',
  'DATABASE_PASSWORD',
  'DATABASE_URL',
  'CACHE_API_TOKEN',
  'CACHE_API_TOKEN_NEXT',
  'RELEASE_TOKEN',
  'RELEASE_TOKEN_NEXT',
  'CREDENTIALS_ROTATION',
] as const;

/** Also the names under which a framework reads them have such values. A number may be the value of anything. */
const isOnlyItsOwn = (name: string): boolean => name !== 'CREDENTIALS_ROTATION';

type Settings = Readonly<Record<string, string>>;

/** The settings of an earlier version with the credentials that production has now. */
export function withCredentialsOf(production: Settings, settings: Settings): Settings {
  const renewed = new Map<string, string>();
  const own: Record<string, string> = {};
  for (const name of CREDENTIALS) {
    const [before, now] = [settings[name], production[name]];
    if (now === undefined) continue;
    own[name] = now;
    if (before !== undefined && isOnlyItsOwn(name)) renewed.set(before, now);
  }
  const rest = Object.entries(settings).map(([name, value]) => [name, renewed.get(value) ?? value]);
  return { ...Object.fromEntries(rest), ...own };
}
