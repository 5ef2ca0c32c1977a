import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { SlipError } from '../lib/errors.ts';
import { asObject, isObject } from '../lib/json.ts';

/** What Pulumi.yaml says about how the program is run. */
export interface Project {
  readonly name: string;
  /** Entry of the program, relative to the project. */
  readonly main: string;
  /** Arguments for Node. */
  readonly nodeArguments: readonly string[];
}

export async function readProject(root: string): Promise<Project> {
  const document: unknown = parse(await readFile(path.join(root, 'Pulumi.yaml'), 'utf8'));
  const { name, main, runtime } = asObject(document);
  const options = asObject(asObject(runtime).options);
  const nodeArguments = typeof options.nodeargs === 'string' ? options.nodeargs.split(' ') : [];
  return { name: String(name), main: String(main), nodeArguments };
}

/** The config of a stack as Pulumi passes it to a program. */
export interface StackConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/**
 * Reads `Pulumi.<stage>.yaml` and applies `overrides`. Keys without a namespace belong to the project. Encrypted values cannot
 * be read here; each is replaced by a secret text.
 */
export async function readStackConfig(
  root: string,
  { name: project }: Project,
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
  const config = asObject(asObject(document).config);
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
  for (const [key, value] of Object.entries(overrides)) values[key.includes(':') ? key : `${project}:${key}`] = value;
  return { values, secretKeys };
}
