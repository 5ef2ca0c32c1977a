import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Evaluation } from '../../evaluate/recorded.ts';
import { isObject } from '../../lib/json.ts';
import { readJson, writeJson } from '../state/files.ts';
import type { StatePaths } from '../state/paths.ts';

const SHARE_GB = 100;
const repositoryRoot = join(import.meta.dirname, '../../..');
/** Everything that an evaluation depends on: equal content gives equal resources. */
const sources = ['infra/program', 'infra/evaluate', 'infra/lib', 'Pulumi.yaml', 'Pulumi.dev.yaml', 'package-lock.json'];

/** Stage `dev` of the program with the sidecar's image. The program is evaluated only when it has changed. */
export async function evaluatedProgram(paths: StatePaths, sidecarDigest: string): Promise<Evaluation> {
  const hash = createHash('sha256').update(sidecarDigest).update(process.version);
  for (const file of await filesOf(sources)) {
    hash.update(`\0${relative(repositoryRoot, file)}\0`).update(await readFile(file));
  }
  const key = hash.digest('hex');
  const kept = await readJson(paths.evaluation);
  if (isObject(kept) && kept.key === key) return kept.evaluation as unknown as Evaluation;
  // Loaded only for this: a start after a stop finds the program evaluated.
  const { evaluate } = await import('../../evaluate/evaluate.ts');
  const evaluation = await evaluate({ stage: 'dev', mode: 'update', config: await regionConfig(sidecarDigest) });
  await writeJson(paths.evaluation, { key, evaluation });
  return evaluation;
}

/**
 * What the region adds to the config of stage `dev`. Any application may be released here: those with shared media find a share,
 * unless the stage's config says how large it is.
 */
export async function regionConfig(sidecarDigest: string): Promise<Readonly<Record<string, string>>> {
  const { readProject, readStackConfig } = await import('../../evaluate/stack-config.ts');
  const { values } = await readStackConfig(repositoryRoot, await readProject(repositoryRoot), 'dev', {});
  const share = 'slipway:media.shareGb' in values ? {} : { 'media.shareGb': String(SHARE_GB) };
  return { 'sidecar.digest': sidecarDigest, ...share };
}

/** The program as it was evaluated last; undefined when it never was. */
export async function keptEvaluation(paths: StatePaths): Promise<Evaluation | undefined> {
  const kept = await readJson(paths.evaluation);
  return isObject(kept) && isObject(kept.evaluation) ? (kept.evaluation as unknown as Evaluation) : undefined;
}

async function filesOf(names: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const name of names) {
    const path = join(repositoryRoot, name);
    if (/\.[a-z]+$/.test(name)) files.push(path);
    else {
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      files.push(...entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)));
    }
  }
  return files.sort();
}
