import type { TokenCredential } from '@azure/core-auth';
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpClient,
} from '@azure/core-rest-pipeline';
import { AZURE_API } from '../../lib/azure-api-versions.ts';
import { firstLineOf } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import { parseObject } from '../../lib/json.ts';

const VAULT_SCOPE = 'https://vault.azure.net/.default';

/** The value of the secret that an app setting refers to; only its reference is in the stack's outputs. */
export async function secretBehind(
  setting: string | undefined,
  name: string,
  credential: TokenCredential,
  http: HttpClient = createDefaultHttpClient(),
): Promise<string> {
  const uri = /SecretUri=([^;)]+)/i.exec(setting ?? '')?.[1];
  if (uri === undefined) throw secretFailure(name, 'the setting is no Key Vault reference');
  const token = await credential.getToken(VAULT_SCOPE);
  const request = createPipelineRequest({
    url: `${uri.replace(/\/$/, '')}?api-version=${AZURE_API.vaultSecrets}`,
    headers: createHttpHeaders({ authorization: `Bearer ${token?.token ?? ''}` }),
  });
  // The usual pipeline asks again when the vault is busy or the connection breaks: a rollback does not end for that.
  const answer = await createPipelineFromOptions({})
    .sendRequest(http, request)
    .catch((error: unknown) => {
      throw secretFailure(name, `Key Vault does not answer: ${firstLineOf(error)}`);
    });
  const value: unknown = answer.status === 200 ? parseObject(answer.bodyAsText ?? '').value : undefined;
  if (typeof value === 'string') return value;
  throw secretFailure(name, `Key Vault answered ${answer.status}`);
}

function secretFailure(name: string, why: string): SlipError {
  return new SlipError('SLIP-RELEASE-SECRET', {
    found: `the value of ${name} cannot be read: ${why}`,
    expected: 'the role Key Vault Secrets User on the vault for whoever releases',
    fix: 'docs/guides/first-up.md, step 7, gives a person the role; a pipeline has it through slipway:deployers',
  });
}
