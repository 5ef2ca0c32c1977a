import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Application } from '../app/application.ts';
import { parseCommand } from '../app/command-line.ts';
import type { MeasuredFile } from './measured-file.ts';
import type { Migration } from './migrations.ts';

/** Raise when a runtime of before could not run a package of this form, or a release tool of before not read it. */
export const DESCRIPTION_FORMAT = 1;

/** A service that an application cannot do without; the agent's deep health checks it. */
export type Service = 'mysql' | 'redis';

/** `slipway/app.json` of a package: what the runtime, the agent and the release tool know of the application inside. */
export interface PackageDescription {
  readonly format: number;
  readonly version: string;
  readonly schemaMin: string;
  readonly schemaMax: string;
  readonly archive: MeasuredFile;
  readonly needs: readonly Service[];
  /** Commands are split into their words. */
  readonly application: Omit<Application, 'start' | 'workers' | 'schedule'> & {
    readonly start: readonly Words[];
    readonly workers: Readonly<Record<string, { readonly run: Words; readonly stopSeconds: number }>>;
    readonly schedule: Readonly<Record<string, Words>>;
  };
  readonly migrations: readonly Migration[];
  /** Commands of an application that does not carry out its migrations itself. */
  readonly migrate: MigrationCommands | null;
  /** The script that answers whatever is no file. Undefined where every script runs and none has the name. */
  readonly frontController: PackageFile | undefined;
}

type Words = readonly string[];

export interface MigrationCommands {
  readonly run: readonly string[];
  readonly pretend: readonly string[];
  readonly files: string;
}

/** A file of a package; without content when the package does not have it. */
export interface PackageFile {
  readonly path: string;
  readonly content?: string | undefined;
}

/** How long a worker may take to end when its manifest does not say. */
const DEFAULT_STOP_SECONDS = 60;

/** Longer scripts are not front controllers, and app.json stays small. */
const FRONT_CONTROLLER_MAX_BYTES = 1024 * 1024;

export async function frontControllerOf(
  { root, scripts }: Pick<Application, 'root' | 'scripts'>,
  directory: string,
): Promise<PackageFile | undefined> {
  const script = scripts === 'all' ? 'index.php' : scripts;
  const path = root === '.' ? script : `${root}/${script}`;
  const content = await readFile(join(directory, path)).catch(() => undefined);
  if (content === undefined && scripts === 'all') return undefined;
  return { path, content: content?.subarray(0, FRONT_CONTROLLER_MAX_BYTES).toString('utf8') };
}

export function packageDescription(
  facts: Omit<PackageDescription, 'format' | 'application' | 'needs' | 'migrate'> & {
    readonly application: Application;
  },
): PackageDescription {
  const { application } = facts;
  return {
    format: DESCRIPTION_FORMAT,
    ...facts,
    needs: servicesOf(application),
    migrate: commandsOf(application),
    application: {
      ...application,
      start: application.start.map(wordsOf),
      workers: mapValues(application.workers, ({ run, stopSeconds = DEFAULT_STOP_SECONDS }) => ({
        run: wordsOf(run),
        stopSeconds,
      })),
      schedule: mapValues(application.schedule, wordsOf),
    },
  };
}

/** What an application cannot do without, as far as its manifest says so: migrations, extensions, drivers in its settings. */
export function servicesOf({ kind, migrate, provides, php, env }: Application): Service[] {
  const usesMysql =
    migrate !== null ||
    kind === 'wordpress' ||
    php.extensions.some((name) => name === 'pdo_mysql' || name === 'mysqli');
  const usesRedis = php.extensions.includes('redis') || Object.values(env).includes('redis');
  if (provides.health !== undefined) return [];
  return [...(usesMysql ? (['mysql'] as const) : []), ...(usesRedis ? (['redis'] as const) : [])];
}

function commandsOf({ migrate, provides }: Application): MigrationCommands | null {
  if (migrate === null || provides.migrate !== undefined) return null;
  return { run: wordsOf(migrate.run), pretend: wordsOf(migrate.pretend), files: migrate.files };
}

function wordsOf(text: string): readonly string[] {
  const parsed = parseCommand(text);
  if ('problem' in parsed) throw new Error(`${text}: ${parsed.problem}`);
  return parsed.words;
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
