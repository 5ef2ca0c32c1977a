import { lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { SlipError } from '../../../lib/errors.ts';

const KEY = 'slipway:app';
const PLAIN_TEXT = /^[A-Za-z0-9_./][A-Za-z0-9_./ -]*$/;

/**
 * Names an application in the Pulumi.yaml of a project, as `slipway:app` below `config`; comments, order and everything else stay as they are.
 * Resolves with the path as it is written there, and whether the file changed.
 */
export async function nameApplication(
  project: string,
  directory: string,
): Promise<{ readonly path: string; readonly changed: boolean }> {
  const file = join(project, 'Pulumi.yaml');
  const path = relative(project, directory) || '.';
  const before = await readFile(file, 'utf8');
  const after = withApplication(before, path, file);
  if (after !== before) await replaceFile(file, after);
  return { path, changed: after !== before };
}

/** The text of a Pulumi.yaml with `slipway:app` set. Throws SLIP-INIT-PROJECT for one that is no YAML object. */
export function withApplication(text: string, path: string, file = 'Pulumi.yaml'): string {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw unreadable(file, error.message.split('\n')[0] ?? '');
  if (!isMap(document.contents)) throw unreadable(file, 'it holds no object');
  const config = document.contents.get('config', true);
  const value = PLAIN_TEXT.test(path) ? path.trimEnd() : JSON.stringify(path);
  if (config === undefined) return `${text}${text.endsWith('\n') ? '' : '\n'}config:\n  ${KEY}: ${value}\n`;
  if (isMap(config) && config.flow !== true && config.items.length > 0) return edited(text, config, value);
  if (isMap(config)) document.setIn(['config', KEY], path);
  else document.setIn(['config'], { [KEY]: path });
  return document.toString({ lineWidth: 0 });
}

function edited(text: string, config: YAMLMap, value: string): string {
  const pair = config.items.find(({ key }) => isScalar(key) && key.value === KEY);
  const first = config.items[0];
  if (pair === undefined) {
    const [start = 0] = isScalar(first?.key) ? (first.key.range ?? []) : [];
    const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
    return `${text.slice(0, start)}${KEY}: ${value}\n${indent}${text.slice(start)}`;
  }
  const [start, end] = valueRange(pair) ?? [];
  if (start === undefined || end === undefined) return text;
  return `${text.slice(0, start)}${value}${text.slice(end)}`;
}

/** Of the scalar itself, or of the `value` that an object has. */
function valueRange({ value }: Pair): readonly [number, number] | undefined {
  const scalar = isMap(value) ? value.get('value', true) : value;
  if (!isScalar(scalar) || scalar.range === undefined || scalar.range === null) return undefined;
  return [scalar.range[0], scalar.range[1]];
}

async function replaceFile(file: string, text: string): Promise<void> {
  const { mode } = await lstat(file);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, text, { mode, flag: 'wx' });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

function unreadable(file: string, found: string): SlipError {
  return new SlipError('SLIP-INIT-PROJECT', {
    found: `${file}: ${found}`,
    expected: 'a Pulumi.yaml whose config can take slipway:app',
    fix: 'correct the file, then repeat the command',
  });
}
