import { setTimeout as sleep } from 'node:timers/promises';
import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { SlipError } from '../../lib/errors.ts';
import { listOf, textOf } from '../../lib/json.ts';
import type { Arm, ArmAnswer } from '../arm.ts';
import { type BuildContext, DOCKERFILE } from './context.ts';

const BUILD_LIMIT_SECONDS = 900;
const FINISHED = ['Succeeded', 'Failed', 'Canceled', 'Error', 'Timeout'];

export interface RegistryOptions {
  readonly arm: Arm;
  /** Azure's id of the registry. */
  readonly id: string;
  readonly repository: string;
  /** Between two looks at a build. Default: 3000 */
  readonly pollMs?: number;
}

/** Builds images in the registry, without Docker. */
export class BuildingRegistry {
  readonly #arm: Arm;
  readonly #id: string;
  readonly #repository: string;
  readonly #pollMs: number;

  constructor({ arm, id, repository, pollMs = 3_000 }: RegistryOptions) {
    this.#arm = arm;
    this.#id = id;
    this.#repository = repository;
    this.#pollMs = pollMs;
  }

  /** Throws SLIP-IMAGE-REGISTRY when it does not exist yet. */
  async loginServer(): Promise<string> {
    const answer = await this.#arm.get(this.#id, AZURE_API.registry);
    const server = textOf(answer.body, 'properties', 'loginServer');
    if (answer.status === 200 && server !== '') return server;
    throw new SlipError('SLIP-IMAGE-REGISTRY', {
      found: `Azure answers ${answer.status} for ${this.#id}`,
      expected: 'the registry of stage shared',
      fix: 'pulumi up -s shared, then repeat the command',
    });
  }

  /**
   * Builds and pushes `repository:tag`; `onProgress` gets the state of the build. Returns the digest.
   * Throws SLIP-IMAGE-TASKS where the subscription may not build, SLIP-IMAGE-BUILD when the build fails.
   */
  async build({ archive, tag }: BuildContext, onProgress: (state: string) => void): Promise<string> {
    const location = await this.#upload(archive);
    const run = await this.#ask('scheduleRun', {
      type: 'DockerBuildRequest',
      imageNames: [`${this.#repository}:${tag}`],
      isPushEnabled: true,
      dockerFilePath: DOCKERFILE,
      sourceLocation: location,
      platform: { os: 'Linux', architecture: 'amd64' },
      timeout: BUILD_LIMIT_SECONDS,
    });
    const runId = textOf(run.body, 'properties', 'runId') || textOf(run.body, 'name');
    if (runId === '') throw buildError('the registry took the build and did not say its number');
    return this.#finished(runId, onProgress);
  }

  async #upload(archive: Buffer): Promise<string> {
    const place = await this.#ask('listBuildSourceUploadUrl', {});
    const response = await fetch(textOf(place.body, 'uploadUrl'), {
      method: 'PUT',
      headers: { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/gzip' },
      body: new Uint8Array(archive),
    });
    if (!response.ok) throw buildError(`the source could not be uploaded: ${response.status}`);
    return textOf(place.body, 'relativePath');
  }

  async #finished(runId: string, onProgress: (state: string) => void): Promise<string> {
    for (;;) {
      const { status, body } = await this.#arm.get(`${this.#id}/runs/${runId}`, AZURE_API.registryTasks);
      if (status >= 300) throw buildError(`run ${runId} cannot be looked at: Azure answers ${status}`);
      const state = textOf(body, 'properties', 'status');
      onProgress(state);
      if (FINISHED.includes(state)) {
        const digest = listOf(body, 'properties', 'outputImages').map((image) => textOf(image, 'digest'))[0] ?? '';
        if (state === 'Succeeded' && digest !== '') return digest;
        throw buildError(
          `run ${runId} ended as ${state}: ${textOf(body, 'properties', 'runErrorMessage')}`,
          await this.#log(runId),
        );
      }
      await sleep(this.#pollMs);
    }
  }

  async #log(runId: string): Promise<string> {
    const { body } = await this.#arm.post(`${this.#id}/runs/${runId}/listLogSasUrl`, AZURE_API.registryTasks);
    return textOf(body, 'logLink');
  }

  async #ask(action: string, body: unknown): Promise<ArmAnswer> {
    const answer = await this.#arm.post(`${this.#id}/${action}`, AZURE_API.registryTasks, body);
    if (answer.status < 300) return answer;
    const code = textOf(answer.body, 'error', 'code');
    const message = textOf(answer.body, 'error', 'message');
    if (code === 'TasksOperationsNotAllowed') {
      throw new SlipError('SLIP-IMAGE-TASKS', {
        found: `the subscription may not build in its registry: ${message}`,
        expected: 'a paid subscription, or an image that Docker built',
      });
    }
    throw buildError(`${action} was answered ${answer.status} ${code}: ${message}`);
  }
}

function buildError(found: string, log = ''): SlipError {
  return new SlipError('SLIP-IMAGE-BUILD', {
    found,
    fix: log === '' ? 'repeat the command' : `read the build's log: ${log}`,
  });
}
