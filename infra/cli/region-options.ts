import { relative } from 'node:path';
import type { CommonOptions } from './command.ts';

/** `npm start`, `npm stop`, `npm run reset`, or a command of `./slipway`; not followed by options of the region already. */
const COMMAND_LINE = /(npm (?:start|stop|run reset))(?! -- )|(\.\/slipway [a-z]+)(?! (?:--state|--stack))/g;
/** Commands of `./slipway` that act on a region. */
const regional = [
  'start',
  'stop',
  'reset',
  'status',
  'logs',
  'release',
  'promote',
  'rollback',
  'history',
  'heal',
  'drift',
  'drill',
  'migrate',
  'media',
  'secret',
  'traces',
  'init',
  'run',
];

/**
 * Completes the command lines in a text so that they act on the region that the command was called with: the default
 * region needs nothing, another one needs `--state`, and its start `--port` as well.
 */
export function forRegion(
  text: string,
  options: Pick<CommonOptions, 'state' | 'port'>,
  defaults: RegionDefaults,
): string {
  const state = options.state === defaults.state ? '' : ` --state ${shorter(options.state, defaults.cwd)}`;
  const port = options.port === defaults.port ? '' : ` --port ${options.port}`;
  return text.replace(COMMAND_LINE, (line, npm: string | undefined) => {
    const words = line.split(' ');
    const name = words.at(-1) ?? '';
    if (npm === undefined && !regional.includes(name)) return line;
    const added = `${state}${name === 'start' ? port : ''}`;
    return npm === undefined || added === '' ? `${line}${added}` : `${line} --${added}`;
  });
}

/** The region that a command acts on without options, and where relative paths begin. */
export interface RegionDefaults {
  readonly state: string;
  readonly port: number;
  readonly cwd: string;
}

/** The path from `cwd` when that is the shorter one. */
export function shorter(path: string, cwd: string): string {
  const fromHere = relative(cwd, path);
  return fromHere !== '' && fromHere.length < path.length ? fromHere : path;
}
