import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type CertificateFiles, makeCertificate } from '../../testbed/certificate.ts';
import { REDIS_PASSWORD, Redis } from '../../testbed/redis.ts';
import { until } from '../../testbed/until.ts';
import { Heartbeat } from './heartbeat.ts';

jest.setTimeout(120_000);

describe('the heartbeat', () => {
  let folder: string;
  let certificate: CertificateFiles;
  let redis: Redis;
  const logged: string[] = [];
  let beats = 0;
  const beating: Heartbeat[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-heartbeat-'));
    await mkdir(join(folder, 'media'));
    certificate = await makeCertificate(folder);
    redis = await Redis.start(folder, certificate);
  });
  afterAll(async () => {
    await Promise.all(beating.map((heartbeat) => heartbeat.stop()));
    await redis?.down();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (instance: string, port: number): Heartbeat => {
    const heartbeat = new Heartbeat({
      redis: { host: '127.0.0.1', port, password: REDIS_PASSWORD, caFile: certificate.cert },
      mediaRoot: join(folder, 'media'),
      instance,
      intervalMs: 2_000,
      limitMs: 1_600,
      nowMs: () => Date.now(),
      log: (_level, message) => logged.push(`${instance}: ${message}`),
      status: async () => {
        beats += 1;
        return { instance };
      },
    });
    beating.push(heartbeat);
    void heartbeat.run();
    return heartbeat;
  };

  test('gives up on a Redis that hangs, connects to it once a beat, and beats on when it speaks again', async () => {
    const [first, second] = [start('first', redis.port), start('second', redis.port)];
    const both = (): boolean => first.others.length === 1 && second.others.length === 1;
    await until('both know each other', both);
    redis.signal('SIGSTOP');
    await until('neither counts on the other', () => first.others.length + second.others.length === 0);
    // Each further beat opens a connection and closes it again.
    const failed = beats;
    let most = 0;
    while (beats < failed + 4) {
      most = Math.max(most, await openConnectionsTo(redis.port));
      await sleep(50);
    }
    expect(most).toBeLessThanOrEqual(2);
    redis.signal('SIGCONT');
    await until('both know each other again', both);
    // Each outage is logged once, not with every beat.
    const lines = (message: string): number => logged.filter((line) => line === `first: ${message}`).length;
    expect(lines('the heartbeat fails')).toBeGreaterThan(0);
    expect(lines('the heartbeat works again')).toBe(lines('the heartbeat fails'));
  });

  test('gives up on a port that takes connections and says nothing, and stops', async () => {
    const sockets = new Set<Socket>();
    const silent: Server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      socket.resume();
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const heartbeat = start('third', typeof address === 'object' && address !== null ? address.port : 0);
    await until('it connects', () => sockets.size === 1);
    await until('it gave up', () => logged.includes('third: the heartbeat fails'));
    await until('its connection is closed', () => sockets.size === 0);
    await until('it tries again', () => sockets.size === 1);
    await heartbeat.stop();
    await until('its connection is closed', () => sockets.size === 0);
    await new Promise((resolve) => silent.close(resolve));
  });
});

/** Connections of this machine to that port that are not closed from our side, by the kernel's own list. */
async function openConnectionsTo(port: number): Promise<number> {
  const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/));
  return lines.filter(([, , to, state]) => to === remote && state === '01').length;
}
