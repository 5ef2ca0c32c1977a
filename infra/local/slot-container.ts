import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipError } from '../lib/errors.ts';
import { asObject } from '../lib/json.ts';
import { regionStatus } from './region-client.ts';
import { readJson } from './state/files.ts';
import { statePaths } from './state/paths.ts';

/** The PHP container that serves production, as a program that is started in it would see it. */
export interface SlotContainer {
  /** Settings and secrets of the slot, and what the runtime adds to them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the live package's application lies. */
  readonly application: string;
}

/** Throws SLIP-LOCAL-NOT-RUNNING without a region, and SLIP-RUN-NOTHING-LIVE when production runs nothing. */
export async function productionContainer(stateDir: string): Promise<SlotContainer> {
  const paths = statePaths(stateDir);
  const status = await regionStatus({ stateDir });
  if (status === undefined) {
    throw new SlipError('SLIP-LOCAL-NOT-RUNNING', {
      found: `no local region runs in ${stateDir}`,
      expected: 'a region with a live version, whose settings the command gets',
      fix: 'npm start',
    });
  }
  const id = status.slots.production.instances[0]?.id;
  if (!status.slots.production.deployed || (id !== 'a' && id !== 'b'))
    throw nothingLive('nothing was released to production');
  const { pid } = asObject(await readJson(join(paths.processes, `worker-${id}.json`)));
  const run = paths.worker(id).run;
  const own = typeof pid === 'number' ? await environmentOf(pid) : undefined;
  if (own === undefined || own.RUN_DIR !== run) throw nothingLive('the container of production does not run');
  const application = join(run, 'app');
  const scanned = `${own.PHP_INI_SCAN_DIR ?? ''}:${join(run, 'php')}`;
  return { application, environment: { ...own, PHP_INI_SCAN_DIR: scanned, APP_DIR: application } };
}

/** What a process of ours was started with; undefined when it is gone. */
async function environmentOf(pid: number): Promise<Record<string, string> | undefined> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const entries = text.split('\0').filter((entry) => entry.includes('='));
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

function nothingLive(found: string): SlipError {
  return new SlipError('SLIP-RUN-NOTHING-LIVE', {
    found,
    expected: 'a live version, whose settings the command gets',
    fix: 'npm start, or ./slipway release; ./slipway status says what runs',
  });
}
