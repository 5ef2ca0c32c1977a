import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AzureServer, NOW } from '../testbed/azure/azure-server.ts';
import { SITE, stackOn } from '../testbed/azure/stack-on.ts';
import { logQuery } from './queries.ts';
import type { Stack } from './stack.ts';
import { type StackLogChoice, type StackLogEvent, stackLogs, timespanOf } from './stack-logs.ts';
import { readStartupLog } from './startup-log.ts';

const HOUR: StackLogChoice = { since: NOW.getTime() - 3_600_000, follow: false };

let azure: AzureServer;
let stack: Stack;
beforeAll(async () => {
  azure = await AzureServer.start();
});
afterAll(() => azure.close());
beforeEach(() => {
  azure.replies.clear();
  azure.answerLike('healthy');
  stack = stackOn(azure);
});

async function read(choice: Partial<StackLogChoice> = {}): Promise<StackLogEvent[]> {
  const events: StackLogEvent[] = [];
  for await (const event of stackLogs(stack, { ...HOUR, ...choice })) events.push(event);
  return events;
}

const said = (events: readonly StackLogEvent[]) =>
  events.map((event) => ('line' in event ? `${event.line.slot} ${event.line.process}` : JSON.stringify(event)));

describe('the logs of a stack', () => {
  test('are lines of both slots and all processes, the oldest first', async () => {
    expect(said(await read())).toEqual([
      'production worker.queue',
      'staging app',
      'production platform',
      'production sidecar',
    ]);
  });

  test('of one process are its own, whatever a query brings', async () => {
    expect(said(await read({ process: 'sidecar' }))).toEqual(['production sidecar']);
  });

  test('without a line say so', async () => {
    expect(await read({ process: 'schedule' })).toEqual([
      { note: expect.stringContaining('no line since 2026-11-29T02:00:00.000Z') },
    ]);
  });

  test('that may not be read are named with the role, and what a slot wrote while it started is shown all the same', async () => {
    for (const request of azure.replies.keys()) {
      if (request.includes('/query'))
        azure.replies.set(request, {
          status: 403,
          body: { error: { code: 'InsufficientAccessError', message: 'no' } },
        });
    }
    azure.replies.set(`GET ${new URL(azure.second).host}/_slipway/version`, { status: 503, body: '' });
    azure.replies.set(
      `GET /subscriptions/${SITE.subscriptionId}/resourceGroups/${SITE.resourceGroup}/providers/Microsoft.Web/sites/${SITE.app}/slots/staging`,
      {
        body: { properties: { state: 'Running', hostNameSslStates: [] } },
      },
    );
    const [first, second] = await read();
    expect(first).toMatchObject({
      unasked: { why: expect.stringContaining('403'), fix: expect.stringContaining('Log Analytics Reader') },
    });
    expect(second).toEqual({ note: 'staging answers 503, and its SCM site has no log of a start' });
  });
});

describe('a query', () => {
  test('narrows to slot, process and trace, and leaves requests out unless they are asked for', () => {
    expect(logQuery({ stagingSlot: 'staging' })).not.toContain('AppServiceHTTPLogs');
    expect(logQuery({ stagingSlot: 'staging', process: 'requests' })).toContain('AppServiceHTTPLogs');
    expect(logQuery({ stagingSlot: 'next', slot: 'staging' })).toContain('_ResourceId endswith "/slots/next"');
    expect(logQuery({ stagingSlot: 'next', slot: 'production' })).toContain('_ResourceId !endswith "/slots/next"');
    const traced = logQuery({ stagingSlot: 'staging', trace: '3edb1caa' });
    expect(traced).toContain('Line has "3edb1caa"');
    expect(traced).not.toContain('AppServicePlatformLogs');
  });

  test('looks back to the time that is asked for', () => {
    expect(timespanOf(NOW.getTime() - 90_000, NOW)).toBe('PT90S');
    expect(timespanOf(NOW.getTime() + 5_000, NOW)).toBe('PT1S');
  });
});

describe('the log of a start', () => {
  const SCM = 'app-slipway-prod-staging.scm.azurewebsites.net';
  /** What the SCM site says; it has a host of its own, which this stack does not reach. */
  const scm = (
    replies: Readonly<Record<string, { status?: number; body: string; headers?: Record<string, string> }>>,
  ) => ({
    ...stack,
    scm: {
      send: async (_method: 'GET', url: string) => {
        const { status = 404, body = '', headers = {} } = replies[url.replace(`https://${SCM}`, '')] ?? {};
        return { status, bodyAsText: body, headers: new Headers(headers) };
      },
    },
  });

  test('is the startup log where the platform has it', async () => {
    const body = 'pulling\nstarted\n';
    const log = await readStartupLog(
      scm({ '/api/startuplogs?latest=true': { status: 200, body, headers: { 'x-startuplog-outcome': 'failure' } } }),
      'staging',
    );
    expect(log).toMatchObject({ source: 'startup log', outcome: 'failure', lines: ['pulling', 'started'] });
  });

  test.each([404, 400])('is the log of the main container where the platform answers %i', async (status) => {
    const href = `https://${SCM}/api/vfs/LogFiles/2026_11_29_lw0_default_docker.log`;
    const listing = JSON.stringify([{ machineName: 'lw0', lastUpdated: '2026-11-29T02:57:00Z', href }]);
    const log = await readStartupLog(
      scm({
        '/api/startuplogs?latest=true': { status, body: '' },
        '/api/logs/docker': { status: 200, body: listing },
        '/api/vfs/LogFiles/2026_11_29_lw0_default_docker.log': { status: 200, body: 'exec format error' },
      }),
      'staging',
    );
    expect(log).toMatchObject({ source: 'container log', lines: ['exec format error'] });
  });

  test('that may not be read is a refusal with its status', async () => {
    const refused = readStartupLog(scm({ '/api/startuplogs?latest=true': { status: 403, body: '' } }), 'staging');
    await expect(refused).rejects.toMatchObject({ statusCode: 403 });
  });
});
