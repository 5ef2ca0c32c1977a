import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipError } from './errors.ts';

export interface AccountAccess {
  readonly endpoint: string;
  readonly account: string;
  readonly container: string;
  /** Base64. */
  readonly key: string;
}

/** Absolute paths; by routing, written anew at each swap. */
export interface SlotPaths {
  readonly home: string;
  readonly outbox: string;
  readonly synced: string;
}

/** `connection.json` of a running local region: what people and outside tools need to reach it. */
export interface Connection {
  readonly production: string;
  readonly staging: string;
  readonly management: string;
  /** The page of the region. The address carries the token that a browser exchanges for a cookie. */
  readonly console: { readonly url: string };
  /** PEM file with the CA of everything that speaks TLS. */
  readonly ca: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly app: string;
  readonly slot: string;
  readonly managementToken: string;
  readonly cacheApiToken: string;
  readonly releaseToken: string;
  /** The key that a release marks its records with. */
  readonly releaseSeal: string;
  readonly blob: AccountAccess;
  readonly releases: AccountAccess;
  readonly slots: { readonly production: SlotPaths; readonly staging: SlotPaths };
  readonly mysql: {
    readonly socket: string;
    readonly database: string;
    readonly user: string;
    readonly password: string;
  };
  readonly redis: { readonly url: string };
}

export function connectionFile(stateDir: string): string {
  return join(stateDir, 'connection.json');
}

/** Throws SLIP-LOCAL-NOT-RUNNING when no region runs on the state directory. */
export async function readConnection(stateDir: string): Promise<Connection> {
  try {
    return JSON.parse(await readFile(connectionFile(stateDir), 'utf8')) as Connection;
  } catch (cause) {
    throw new SlipError('SLIP-LOCAL-NOT-RUNNING', {
      found: `no local region runs on ${stateDir}: ${connectionFile(stateDir)} cannot be read`,
      expected: 'a region that was started',
      fix: 'npm start; for Azure name a stack with --stack NAME',
      cause,
    });
  }
}
