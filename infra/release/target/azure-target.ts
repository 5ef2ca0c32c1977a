import { DefaultAzureCredential } from '@azure/identity';
import { ContainerClient } from '@azure/storage-blob';
import { Arm } from '../../azure/arm.ts';
import { SlipError } from '../../lib/errors.ts';
import { asObject, parseObject } from '../../lib/json.ts';
import { cleanEnvironment, type ProgramResult, runProgram } from '../../lib/run-program.ts';
import { asWanted } from '../../lib/wanted.ts';
import { ANNOTATED_WITHIN_MS, writeAnnotation } from '../annotation.ts';
import { AppService } from '../appservice/app-service.ts';
import { missingInVault } from '../secrets/vault-state.ts';
import { registryImage } from './registry-image.ts';
import { incomplete, textOutput } from './stack-outputs.ts';
import type { ReleaseTarget } from './target.ts';
import { secretBehind } from './vault-secret.ts';

const POLL_MS = 2_000;
const limits = {
  startMs: 15 * 60_000,
  steadyMs: 30_000,
  settleMs: 120_000,
  liveMs: 30_000,
  answerMs: 20_000,
  returnMs: 120_000,
  swapShowsMs: 30_000,
  referencesMs: 10 * 60_000,
  // The edge waits 60 s for an answer, and this one says what is left.
  drainMs: 50_000,
};
const PULUMI_TIMEOUT_MS = 120_000;
const ADMINISTRATOR_SECRET = 'mysql-administrator-password';
const ARM_SCOPE = 'https://management.azure.com/.default';

export interface AzureTargetOptions {
  readonly stack: string;
  /** Directory of Pulumi.yaml. */
  readonly root: string;
  /** How long a slot may take to start. */
  readonly startMs?: number | undefined;
}

/** A stack on Azure as a place to release to: its outputs say where everything is, the usual credentials open it. */
export async function azureTarget({ stack, root, startMs }: AzureTargetOptions): Promise<ReleaseTarget> {
  const outputs = await stackOutputs(stack, root);
  const where = `stack ${stack}`;
  const credential = new DefaultAzureCredential();
  const hosts = asObject(outputs.hostNames);
  const endpoint = textOutput(outputs, 'releasesEndpoint', where).replace(/\/$/, '');
  const wanted = asWanted(outputs.wanted, (path) => incomplete(path, where));
  const site = {
    subscriptionId: textOutput(outputs, 'subscriptionId', where),
    resourceGroup: textOutput(outputs, 'resourceGroupName', where),
    app: textOutput(outputs, 'appName', where),
    slot: textOutput(outputs, 'slotName', where),
  };
  const management = { credential, pollMs: POLL_MS };
  const token = async () => (await credential.getToken(ARM_SCOPE)).token;
  const arm = new Arm({ token });
  const insights = new Arm({ token, limitMs: ANNOTATED_WITHIN_MS });
  const vault = textOutput(outputs, 'vaultName', where);
  const inVault = (secret: string) =>
    `@Microsoft.KeyVault(SecretUri=https://${vault}.vault.azure.net/secrets/${secret})`;
  return {
    stack,
    site,
    management,
    urls: {
      production: `https://${textOutput(hosts, 'production', where)}`,
      staging: `https://${textOutput(hosts, 'staging', where)}`,
    },
    releases: new ContainerClient(`${endpoint}/${textOutput(outputs, 'releasesContainer', where)}`, credential),
    limits: { ...limits, ...(startMs === undefined ? {} : { startMs }) },
    tokens: async () => {
      const [cacheApi, release, seal] = await Promise.all([
        secretBehind(wanted.settings.CACHE_API_TOKEN, 'CACHE_API_TOKEN', credential),
        secretBehind(wanted.settings.RELEASE_TOKEN, 'RELEASE_TOKEN', credential),
        secretBehind(inVault('release-seal'), 'release-seal', credential),
      ]);
      return { cacheApi, release, seal };
    },
    administrator: async () => ({
      user: textOutput(outputs, 'databaseAdministrator', where),
      password: await secretBehind(inVault(ADMINISTRATOR_SECRET), ADMINISTRATOR_SECRET, credential),
    }),
    imageState: (image) => registryImage(image, async () => (await credential.getToken(ARM_SCOPE)).token),
    missingSecrets: (names) => missingInVault(arm, { ...site, vault: textOutput(outputs, 'vaultName', where) }, names),
    slotLog: () => new AppService(site, management).containerLog(),
    annotate: async (annotation) => writeAnnotation(insights, textOutput(outputs, 'insightsId', where), annotation),
    wanted: async () => wanted,
  };
}

/** The outputs of a stack on Azure. Throws SLIP-RELEASE-STACK when Pulumi does not give them. */
export async function stackOutputs(stack: string, root: string): Promise<Record<string, unknown>> {
  const found = await runPulumi('pulumi', [], stack, root);
  // Not on PATH: then one that this checkout has; npx must not fetch a package of that name.
  const result = found.missing ? await runPulumi('npx', ['--no-install', 'pulumi'], stack, root) : found;
  const outputs = result.code === 0 ? parseObject(result.stdout) : undefined;
  if (outputs !== undefined) return outputs;
  throw new SlipError('SLIP-RELEASE-STACK', {
    found: `the outputs of stack ${stack} cannot be read: ${(result.stderr || result.stdout).trim().split('\n')[0] ?? ''}`,
    expected: '`pulumi stack output --json` to print them',
    fix: 'sign in (pulumi login, az login), see `pulumi stack ls`, then repeat the command',
  });
}

function runPulumi(program: string, before: readonly string[], stack: string, root: string): Promise<ProgramResult> {
  return runProgram({
    program,
    args: [...before, 'stack', 'output', '--json', '--stack', stack, '--non-interactive'],
    cwd: root,
    // Pulumi's own state and sign-in, and the sign-in to Azure that its state and secrets may need.
    environment: cleanEnvironment(process.env, pulumiEnvironment(process.env)),
    timeoutMs: PULUMI_TIMEOUT_MS,
  });
}

function pulumiEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const ours = Object.entries(environment).filter(([name]) => /^(PULUMI|ARM|AZURE)_/.test(name));
  return Object.fromEntries(ours.map(([name, value]) => [name, value ?? '']));
}
