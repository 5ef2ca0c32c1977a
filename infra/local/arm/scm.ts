import { open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { ArmError, badRequest } from '../appservice/arm-error.ts';
import type { Deployment } from '../appservice/site-state.ts';
import { type Answer, notFound, ok } from './answer.ts';
import { scmHost } from './plane.ts';
import type { Call, Route } from './route.ts';

const STATUS_TEXT = { 2: 'Deploying', 3: 'Failed', 4: 'Success' } as const;

/** OneDeploy. Only `type=zip`; the answer comes when the content is in place and the app was restarted. */
async function publish(call: Call): Promise<Answer> {
  const { plane, slot, query, request } = call;
  const type = query.get('type') ?? '';
  if (type.toLowerCase() !== 'zip')
    throw badRequest(`type='${type.slice(0, 40)}' not recognized. Only zip is supported.`);
  if (request.headers['content-type']?.startsWith('application/json')) {
    throw badRequest('The package has to be the body of the request; packageUri is not supported.');
  }
  const clean = flag(query, 'clean');
  const restart = flag(query, 'restart');
  const path = query.get('path');
  const deployment = await plane.site.deploy(slot, {
    receive: (file) => receive(request, file, plane.largestPackage),
    ...(path === null ? {} : { path }),
    ...(clean === undefined ? {} : { clean }),
    ...(restart === undefined ? {} : { restart }),
  });
  return ok(body(call, deployment, true));
}

async function receive(request: IncomingMessage, file: string, largest: number): Promise<void> {
  const tooLarge = new ArmError(413, 'RequestContentTooLarge', `The package is larger than ${largest} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > largest) throw tooLarge;
  const handle = await open(file, 'wx', 0o600);
  try {
    let bytes = 0;
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += (chunk as Buffer).length;
      if (bytes > largest) throw tooLarge;
      await handle.writeFile(chunk as Buffer);
    }
  } finally {
    await handle.close();
  }
}

/** A flag that is absent is the deployment's default. */
function flag(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name)?.toLowerCase();
  if (value === undefined) return undefined;
  if (value !== 'true' && value !== 'false')
    throw badRequest(`${name}='${value.slice(0, 40)}' is neither true nor false.`);
  return value === 'true';
}

function list(call: Call): Answer {
  const deployments = call.plane.site.deployments(call.slot);
  const active = activeId(deployments);
  return ok([...deployments].reverse().map((deployment) => body(call, deployment, deployment.id === active)));
}

/** `latest` or an id. 202 while it is under way, as Kudu says it. */
function get(call: Call): Answer {
  const deployments = call.plane.site.deployments(call.slot);
  const [id = ''] = call.values;
  const found = id === 'latest' ? deployments.at(-1) : deployments.find((deployment) => deployment.id === id);
  if (found === undefined) throw notFound(`Deployment '${id.slice(0, 100)}' not found.`);
  return { status: found.status === 2 ? 202 : 200, body: body(call, found, found.id === activeId(deployments)) };
}

const activeId = (deployments: readonly Deployment[]): string | undefined =>
  deployments.findLast(({ status }) => status === 4)?.id;

function body({ plane, slot }: Call, deployment: Deployment, active: boolean): Record<string, unknown> {
  const { id, status, message, receivedUtc, endedUtc } = deployment;
  return {
    id,
    status,
    status_text: status === 3 ? message : STATUS_TEXT[status],
    message: 'OneDeploy',
    deployer: 'OneDeploy',
    received_time: receivedUtc,
    start_time: receivedUtc,
    end_time: endedUtc ?? null,
    complete: status !== 2,
    active,
    site_name: plane.site.name,
    url: `https://${scmHost(plane, slot)}/api/deployments/${id}`,
    provisioningState: status === 2 ? 'InProgress' : status === 3 ? 'Failed' : 'Succeeded',
  };
}

export const scmRoutes: readonly Route[] = [
  { method: 'POST', pattern: 'api/publish', handle: publish },
  { method: 'PUT', pattern: 'api/publish', handle: publish },
  { method: 'GET', pattern: 'api/deployments', handle: list },
  { method: 'GET', pattern: 'api/deployments/{}', handle: get },
];
