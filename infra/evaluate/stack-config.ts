import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { SlipError } from '../errors.ts';
import { isObject } from './values.ts';

export const PROJECT = 'slipway';

/** The config of a stack as Pulumi hands it to a program. */
export interface StackConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/**
 * Reads `Pulumi.<stage>.yaml` and lays `overrides` over it. Keys without a namespace belong to the project; an
 * encrypted value, which cannot be read here, is a secret text of its own.
 */
export async function readStackConfig(
  root: string,
  stage: string,
  overrides: Readonly<Record<string, string>>,
): Promise<StackConfig> {
  const file = path.join(root, `Pulumi.${stage}.yaml`);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SlipError('SLIP-EVALUATE-STAGE', {
      found: `no config for stage '${stage}': ${path.basename(file)} is not there`,
      expected: 'one of the stages shared, dev, prod',
      cause,
    });
  });
  const document: unknown = parse(text);
  const config = isObject(document) && isObject(document.config) ? document.config : {};
  const values: Record<string, string> = {};
  const secretKeys: string[] = [];
  for (const [key, value] of Object.entries(config)) {
    if (isObject(value) && typeof value.secure === 'string') {
      secretKeys.push(key);
      values[key] = `encrypted-${key}`;
    } else {
      values[key] = typeof value === 'string' ? value : JSON.stringify(value);
    }
  }
  for (const [key, value] of Object.entries(overrides)) values[qualified(key)] = value;
  return { values, secretKeys };
}

function qualified(key: string): string {
  return key.includes(':') ? key : `${PROJECT}:${key}`;
}
