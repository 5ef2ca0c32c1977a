import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:tls';
import type { CertificateFiles } from './certificate.ts';
import { freePort } from './free-port.ts';
import { endProcess, startProcess } from './processes.ts';
import { until } from './until.ts';

export const REDIS_PASSWORD = 'password-of-the-test';

/** A real redis-server over TLS with a password. */
export class Redis {
  readonly port: number;
  readonly #folder: string;
  readonly #certificate: CertificateFiles;
  #child: ChildProcess | undefined;

  static async start(folder: string, certificate: CertificateFiles): Promise<Redis> {
    const redis = new Redis(folder, certificate, await freePort());
    await redis.up();
    return redis;
  }

  private constructor(folder: string, certificate: CertificateFiles, port: number) {
    this.#folder = folder;
    this.#certificate = certificate;
    this.port = port;
  }

  async up(): Promise<void> {
    const { cert, key } = this.#certificate;
    const tls = [
      '--tls-cert-file',
      cert,
      '--tls-key-file',
      key,
      '--tls-ca-cert-file',
      cert,
      '--tls-auth-clients',
      'no',
    ];
    const args = [
      '--bind',
      '127.0.0.1',
      '--port',
      '0',
      '--tls-port',
      String(this.port),
      ...tls,
      '--save',
      '',
      '--dir',
      this.#folder,
    ];
    this.#child = startProcess('redis-server', [...args, '--requirepass', REDIS_PASSWORD], { stdio: 'ignore' });
    await until('Redis answers', () =>
      this.command('PING').then(
        (answer) => answer === '+PONG',
        () => false,
      ),
    );
  }

  async down(): Promise<void> {
    if (this.#child !== undefined) await endProcess(this.#child, 'SIGKILL');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** One command in Redis' inline form; gives the answer as it came, without its last line end. */
  command(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: this.port, ca: this.#certificate.certPem }, () => {
        socket.write(`AUTH ${REDIS_PASSWORD}\r\n${text}\r\nQUIT\r\n`);
      });
      let answer = '';
      socket.setEncoding('utf8');
      socket.on('data', (part) => {
        answer += part;
      });
      socket.on('error', reject);
      socket.on('end', () =>
        resolve(
          answer
            .replace(/^\+OK\r\n/, '')
            .replace(/\+OK\r\n$/, '')
            .trimEnd(),
        ),
      );
    });
  }
}
