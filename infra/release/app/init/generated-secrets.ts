import { randomBytes } from 'node:crypto';
import type { AppSecrets } from '../../../lib/app-secrets.ts';
import type { Application } from '../application.ts';
import type { Kind } from '../manifest-schema.ts';

/** Secrets that a framework takes from anywhere, as long as nobody else knows them: its form of each. */
const GENERATED: Readonly<Partial<Record<Kind, Readonly<Record<string, () => string>>>>> = {
  laravel: { APP_KEY: () => `base64:${randomBytes(32).toString('base64')}` },
  symfony: { APP_SECRET: () => randomBytes(16).toString('hex') },
};

export interface SecretsOfApplication {
  /** Names that got a value now. */
  readonly generated: readonly string[];
  /** Names without a value, which only their owner knows. */
  readonly missing: readonly string[];
}

/** Gives the application's secrets a value in a local region where the framework takes any; one that has a value keeps it. */
export function generateSecrets(
  { kind, secrets: names }: Pick<Application, 'kind' | 'secrets'>,
  secrets: AppSecrets,
): SecretsOfApplication {
  const known = secrets.read();
  const absent = names.filter((name) => known[name] === undefined);
  const makers = GENERATED[kind] ?? {};
  const generated = absent.filter((name) => makers[name] !== undefined);
  for (const name of generated) secrets.set(name, makers[name]?.() ?? '');
  return { generated, missing: absent.filter((name) => !generated.includes(name)) };
}
