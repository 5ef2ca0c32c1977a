import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { png, ulidName, writeAtomically } from '../testbed/files.ts';
import { SidecarProcess } from '../testbed/sidecar-process.ts';
import { until } from '../testbed/until.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

jest.setTimeout(120_000);

/** The process by itself: nothing that it wants to talk to is there. */
describe('the process of the sidecar', () => {
  let folder: string;
  let sidecar: SidecarProcess;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-process-'));
    chmodSync(folder, 0o777);
    sidecar = await SidecarProcess.start({
      mediaRoot: join(folder, 'media'),
      blobEndpoint: 'https://127.0.0.1:1/account/',
      identityUrl: 'http://127.0.0.1:1/',
      identityHeader: 'header',
      caFile: '/etc/ssl/certs/ca-certificates.crt',
    });
  });
  afterAll(async () => {
    await sidecar?.down('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (env: Readonly<Record<string, string>>) =>
    spawnSync(process.execPath, [MAIN], { env, encoding: 'utf8', timeout: 60_000 });

  test('ends with 78 and names each setting that is missing or empty', () => {
    const { RELEASE_TOKEN: _, ...env } = sidecar.env;
    const { status, stderr } = start({ ...env, SLOT_NAME: '' });
    expect(status).toBe(78);
    expect(stderr).toContain('SLIP-SIDECAR-SETTING  SLOT_NAME is empty');
    expect(stderr).toContain('SLIP-SIDECAR-SETTING  RELEASE_TOKEN is missing');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('ends with 78 when the CA bundle is not there, may not be read, or is none', () => {
    const none = join(folder, 'none.pem');
    writeFileSync(none, 'no certificate');
    const reasons = [
      ['/nowhere/ca.crt', 'cannot be read: ENOENT'],
      [folder, 'cannot be read: EISDIR'],
      [none, 'holds no certificate'],
    ] as const;
    for (const [path, reason] of reasons) {
      const { status, stderr } = start({ ...sidecar.env, TLS_CA_FILE: path });
      expect([status, stderr]).toEqual([
        78,
        expect.stringContaining(`SLIP-SIDECAR-SETTING  TLS_CA_FILE is "${path}", which ${reason}`),
      ]);
    }
  });

  test('names a port that is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { status, stderr } = start({ ...sidecar.env, SIDECAR_PORT: String(port) });
    expect(status).toBe(1);
    expect(stderr).toContain(`SLIP-SIDECAR-PORT  127.0.0.1:${port} is in use`);
    await new Promise((resolve) => server.close(resolve));
  });

  test('lives without Blob, identity, Redis, Application Insights and PHP, and says what it knows', async () => {
    const name = ulidName();
    await writeAtomically(sidecar.outbox, name, png());
    await until('Blob is unavailable', async () => (await sidecar.status()).blob.state === 'away');
    expect((await sidecar.carry(name)).status).toBe(503);
    const status = await sidecar.status();
    expect(status).toMatchObject({ ready: true, media: { pending: 1 }, blob: { state: 'away' } });
    const metrics = await (await fetch(`${sidecar.url}/metrics`)).text();
    expect(metrics).toMatch(/^slipway_media_pending 1$/m);
    expect(metrics).toMatch(/^slipway_blob_up 0$/m);
    expect(existsSync(join(sidecar.outbox, name))).toBe(true);
    expect(sidecar.ended).toBe(false);
  });

  test('lives on when nobody reads its log any more', async () => {
    sidecar.closeLog();
    await fetch(`${sidecar.url}/readyz`);
    await sidecar.retry();
    await writeAtomically(sidecar.outbox, ulidName(), png());
    // What makes it write a line: the folders cannot be used. One step, in which it cannot make them again.
    chmodSync(sidecar.mediaRoot, 0o000);
    await until('it has something to say', async () => !(await fetch(`${sidecar.url}/readyz`)).ok);
    chmodSync(sidecar.mediaRoot, 0o755);
    await until('it goes on', async () => (await fetch(`${sidecar.url}/readyz`)).ok);
    expect(sidecar.ended).toBe(false);
  });

  test('answers only when it is called by a name of this machine, as a page behind another name would not', async () => {
    const port = Number(new URL(sidecar.url).port);
    const statusFor = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, path: '/healthz', headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    for (const host of [`127.0.0.1:${port}`, 'localhost', 'LOCALHOST:1', '[::1]:8181'])
      expect([host, await statusFor(host)]).toEqual([host, 200]);
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80', '169.254.129.2'])
      expect([host, await statusFor(host)]).toEqual([host, 403]);
  });

  test('listens on loopback only', () => {
    const port = new URL(sidecar.url).port;
    const sockets = spawnSync('cat', ['/proc/net/tcp', '/proc/net/tcp6'], { encoding: 'utf8' }).stdout;
    const listening = sockets
      .split('\n')
      .filter(
        (line) => line.includes(`:${Number(port).toString(16).toUpperCase().padStart(4, '0')} `) && / 0A /.test(line),
      );
    expect(listening.length).toBe(1);
    expect(listening[0]).toContain('0100007F:');
  });
});
