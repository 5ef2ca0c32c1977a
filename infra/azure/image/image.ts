import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { SlipError } from '../../lib/errors.ts';
import { buildContext } from './context.ts';
import type { BuildingRegistry } from './registry.ts';
import { taggedDigest } from './tagged-digest.ts';

const DIGEST_KEY = 'slipway:sidecar.digest';

export interface ImageOptions {
  readonly root: string;
  readonly registry: BuildingRegistry;
  readonly repository: string;
  /** A token for Azure's management plane. */
  readonly token: () => Promise<string>;
  /** Stacks whose config gets the digest. */
  readonly stacks: readonly string[];
  readonly onProgress: (text: string) => void;
  /** Default: https:// and the login server. */
  readonly registryUrl?: (loginServer: string) => string;
}

export interface BuiltImage {
  readonly digest: string;
  /** registry/repository:tag */
  readonly image: string;
  /** False when the registry had this content already. */
  readonly built: boolean;
}

/** Builds the sidecar's image unless the registry has one of the same content, and writes its digest into the stacks' config. */
export async function sidecarImage(options: ImageOptions): Promise<BuiltImage> {
  const { root, registry, repository, token, onProgress, registryUrl = (server) => `https://${server}` } = options;
  const files = await Promise.all(options.stacks.map((stack) => stackFile(root, stack)));
  const context = await buildContext(root);
  const server = await registry.loginServer();
  const image = `${server}/${repository}:${context.tag}`;
  onProgress(`looking for ${image}`);
  const existing = await taggedDigest({ registryUrl: registryUrl(server), repository, tag: context.tag, token });
  const digest =
    existing ??
    (await buildOrExplain(image, () => registry.build(context, (state) => onProgress(`building: ${state}`))));
  await Promise.all(files.map(({ path, text }) => writeFile(path, withDigest(text, digest))));
  return { digest, image, built: existing === undefined };
}

/** Adds Docker commands to the error where the registry may not build; the next run finds the image that they push. */
async function buildOrExplain(image: string, build: () => Promise<string>): Promise<string> {
  try {
    return await build();
  } catch (error) {
    if (!(error instanceof SlipError) || error.code !== 'SLIP-IMAGE-TASKS') throw error;
    const registry = image.slice(0, image.indexOf('.'));
    const commands = [
      `az acr login --name ${registry}`,
      `docker build --platform linux/amd64 --file sidecar/Dockerfile --tag ${image} .`,
      `docker push ${image}`,
      './slipway image',
    ];
    throw new SlipError(error.code, {
      ...error.detail,
      fix: `with Docker:\n            ${commands.join('\n            ')}`,
    });
  }
}

/** Read before the build, so that a misspelt stack fails at once. */
async function stackFile(root: string, stack: string): Promise<{ readonly path: string; readonly text: string }> {
  const path = join(root, `Pulumi.${stack}.yaml`);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SlipError('SLIP-IMAGE-STACK', {
      found: `Pulumi.${stack}.yaml is not there`,
      fix: 'name stacks that exist: --for dev,prod',
      cause,
    });
  });
  return { path, text };
}

/** A `Pulumi.<stack>.yaml` with the digest set. Everything else stays as it is, comments included. */
export function withDigest(text: string, digest: string): string {
  const document = parseDocument(text);
  document.setIn(['config', DIGEST_KEY], digest);
  return document.toString();
}
