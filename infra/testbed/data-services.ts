import { freePort } from '../lib/free-port.ts';
import { type Certificates, ensureCertificates } from '../local/servers/certificates.ts';
import { Mysql } from '../local/servers/mysql.ts';
import { Redis } from '../local/servers/redis.ts';
import { createStateDirectories } from '../local/state/files.ts';
import { statePaths } from '../local/state/paths.ts';

/** Its characters mean something else in a URL. */
const PASSWORD = 'p/w+x==';
const NAME = 'shop';
const STOP_MS = 5_000;

/** MySQL and Redis over TLS as the local region has them, without a region around them. */
export class DataServices {
  readonly #certificates: Certificates;
  readonly #ports: { readonly mysql: number; readonly redis: number };
  readonly #mysql: Mysql;
  readonly #redis: Redis;

  private constructor(certificates: Certificates, ports: { mysql: number; redis: number }, mysql: Mysql, redis: Redis) {
    this.#certificates = certificates;
    this.#ports = ports;
    this.#mysql = mysql;
    this.#redis = redis;
  }

  static async start(directory: string): Promise<DataServices> {
    const paths = statePaths(directory);
    await createStateDirectories(paths);
    const certificates = await ensureCertificates(paths, new Date());
    const ports = { mysql: await freePort(), redis: await freePort() };
    const mysql = new Mysql({ paths, certificates, port: ports.mysql, database: NAME, user: NAME, password: PASSWORD });
    const redis = new Redis({ paths, certificates, port: ports.redis, password: PASSWORD });
    await Promise.all([mysql.start(), redis.start()]);
    return new DataServices(certificates, ports, mysql, redis);
  }

  get password(): string {
    return PASSWORD;
  }

  get mysqlSocket(): string {
    return this.#mysql.socket;
  }

  get mysqlPid(): number {
    const { pid } = this.#mysql;
    if (pid === undefined) throw new Error('MySQL does not run');
    return pid;
  }

  /** As the program makes them. */
  get settings(): Record<string, string> {
    const inUrl = encodeURIComponent(PASSWORD);
    const redisAt = `default:${inUrl}@127.0.0.1:${this.#ports.redis}/0`;
    const { caFile } = this.#certificates;
    return {
      TLS_CA_FILE: caFile,
      DATABASE_HOST: '127.0.0.1',
      DATABASE_PORT: String(this.#ports.mysql),
      DATABASE_NAME: NAME,
      DATABASE_USER: NAME,
      DATABASE_PASSWORD: PASSWORD,
      DATABASE_URL: `mysql://${NAME}:${inUrl}@127.0.0.1:${this.#ports.mysql}/${NAME}?charset=utf8mb4&driverOptions[1009]=${caFile}`,
      REDIS_HOST: '127.0.0.1',
      REDIS_PORT: String(this.#ports.redis),
      REDIS_PASSWORD: PASSWORD,
      REDIS_URL: `rediss://${redisAt}`,
      REDIS_TLS_URL: `tls://${redisAt}`,
    };
  }

  async stop(): Promise<void> {
    await Promise.all([this.#mysql.stop(STOP_MS), this.#redis.stop(STOP_MS)]);
  }
}
