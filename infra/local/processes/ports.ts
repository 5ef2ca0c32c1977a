import { isErrno } from '../../lib/error-message.ts';
import { SlipError } from '../../lib/errors.ts';
import { freePort, isFree } from '../../lib/free-port.ts';
import { asObject } from '../../lib/json.ts';
import { readJson, writeJson } from '../state/files.ts';
import type { StatePaths } from '../state/paths.ts';

/** Distances from BASE; documented, so that other programs can rely on them. */
const STAGING_OFFSET = 1;
const CONSOLE_OFFSET = 2;
const MANAGEMENT_OFFSET = 363;
export const publicOffsets = [0, STAGING_OFFSET, CONSOLE_OFFSET, MANAGEMENT_OFFSET];

/** Ports that no other program relies on. They are kept for the region's life and replaced when another program uses one. */
const internalNames = ['mysql', 'redis', 'blob', 'azurite', 'identity', 'ingestion', 'sidecarA', 'sidecarB'] as const;
type InternalName = (typeof internalNames)[number];

export interface Ports {
  readonly production: number;
  readonly staging: number;
  readonly console: number;
  readonly management: number;
  readonly internal: Readonly<Record<InternalName, number>>;
}

/** The region's ports. Throws SLIP-LOCAL-PORT-IN-USE for a public one that is taken. */
export async function choosePorts(paths: StatePaths, base: number): Promise<Ports> {
  const publicPorts = {
    production: base,
    staging: base + STAGING_OFFSET,
    console: base + CONSOLE_OFFSET,
    management: base + MANAGEMENT_OFFSET,
  };
  for (const [name, port] of Object.entries(publicPorts)) {
    if (await mayBeOpened(port)) continue;
    throw new SlipError('SLIP-LOCAL-PORT-IN-USE', {
      found: `port ${port} (${name}) on 127.0.0.1 is in use by another program`,
      expected: `ports ${publicOffsets.map((offset) => base + offset).join(', ')} to be free`,
      fix: `choose another base, for example: npm start -- --port ${base + 1000}; who has it: ss -ltnp 'sport = :${port}'`,
    });
  }
  const kept = await readJson(paths.ports);
  const taken = new Set<number>(Object.values(publicPorts));
  const internal: Record<string, number> = {};
  for (const name of internalNames) {
    const before = portOf(kept, name);
    const port = before !== undefined && !taken.has(before) && (await isFree(before)) ? before : await freePort(taken);
    taken.add(port);
    internal[name] = port;
  }
  await writeJson(paths.ports, internal);
  return { ...publicPorts, internal: internal as Record<InternalName, number> };
}

function portOf(kept: unknown, name: string): number | undefined {
  const value = asObject(kept)[name];
  return typeof value === 'number' && Number.isInteger(value) && value > 1023 && value < 65536 ? value : undefined;
}

async function mayBeOpened(port: number): Promise<boolean> {
  try {
    return await isFree(port);
  } catch (error) {
    if (!isErrno(error, 'EACCES')) throw error;
    throw new SlipError('SLIP-LOCAL-PORT-DENIED', {
      found: `port ${port} may not be opened by this user`,
      expected: 'a base port above 1023',
      fix: 'npm start -- --port 8080',
    });
  }
}
