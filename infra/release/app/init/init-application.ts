import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { AppSecrets } from '../../../lib/app-secrets.ts';
import { isErrno } from '../../../lib/error-message.ts';
import { SlipError } from '../../../lib/errors.ts';
import { type Application, inspectApplication, invalidManifest } from '../application.ts';
import { checkApplication, incomplete } from '../check-application.ts';
import type { Manifest } from '../manifest-schema.ts';
import { MANIFEST_NAME } from '../read-manifest.ts';
import { generateSecrets, type SecretsOfApplication } from './generated-secrets.ts';
import { nameApplication } from './project-app.ts';
import { proposedManifest } from './proposed-manifest.ts';
import { missingTlsLines, type TlsLine } from './tls-lines.ts';
import { unsetKeys } from './unset-keys.ts';

export type ManifestFile = 'kept' | 'written' | 'not needed';

/** What an application's directory shows, before anything is written. */
export interface Discovery {
  readonly directory: string;
  readonly application: Application;
  readonly manifest: ManifestFile;
  /** What `slipway.yaml` will say; empty when it is there already or not needed. */
  readonly proposed: Manifest;
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
  readonly tlsLines: readonly TlsLine[];
}

/** Throws what a release of the application would be refused for: SLIP-APP-DIRECTORY, SLIP-APP-MANIFEST or SLIP-APP-INCOMPLETE. */
export async function discoverApplication(directory: string): Promise<Discovery> {
  const { application, signs, hasManifest, violations } = await inspectApplication(directory);
  if (violations.length > 0) throw invalidManifest(directory, violations);
  const { manifest: proposed, reasons } = hasManifest
    ? { manifest: {}, reasons: [] }
    : await proposedManifest(directory, application, signs);
  const check = await checkApplication(directory, proposed);
  if (check.problems.length > 0) throw incomplete(directory, check.application, check.problems);
  return {
    directory,
    application: check.application,
    manifest: hasManifest ? 'kept' : Object.keys(proposed).length === 0 ? 'not needed' : 'written',
    proposed,
    reasons,
    notes: [...check.notes, ...(await unsetKeys(check.application, signs))],
    tlsLines: await missingTlsLines(application.kind, signs),
  };
}

export interface Initialised extends SecretsOfApplication {
  /** The application as Pulumi.yaml names it, relative to the project. */
  readonly path: string;
}

/** Makes an application the one that commands and `npm start` take. May be repeated: a manifest or a secret that is there is kept. */
export async function initApplication(
  { directory, application, manifest, proposed }: Discovery,
  { project, secrets }: { readonly project: string; readonly secrets: AppSecrets },
): Promise<Initialised> {
  if (manifest === 'written') await writeManifest(directory, application, proposed);
  const { path } = await nameApplication(project, directory);
  return { path, ...generateSecrets(application, secrets) };
}

async function writeManifest(directory: string, { kind }: Application, proposed: Manifest): Promise<void> {
  const text = `# What slipway cannot find out by itself. Whatever is unsaid has the default of its kind, which is ${kind} here:\n# see docs/reference/manifest.md of slipway, and ./slipway app check.\n${stringify(proposed)}`;
  await writeFile(join(directory, MANIFEST_NAME), text, { flag: 'wx' }).catch((error: unknown) => {
    if (!isErrno(error, 'EACCES') && !isErrno(error, 'EROFS')) throw error;
    throw new SlipError('SLIP-INIT-MANIFEST', {
      found: `${join(directory, MANIFEST_NAME)} cannot be written`,
      expected: 'a directory of yours',
      fix: 'repeat the command as its owner',
      cause: error,
    });
  });
}
