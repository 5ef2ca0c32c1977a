import { readdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isErrno } from '../lib/error-message.ts';
import { regionStatus, switchRegionFault } from '../local/region-client.ts';
import { swapByArm } from './arm-swap.ts';
import type { FaultName } from './documented-commands.ts';
import { eventually } from './eventually.ts';
import { finished } from './region.ts';
import { type ReleaseBed, reaches } from './release-bed.ts';

/** How a fault is made, and what ends it. Both can be repeated. */
interface Fault {
  readonly make: (bed: ReleaseBed) => Promise<void>;
  readonly end: (bed: ReleaseBed) => Promise<void>;
}

/** What a runbook's own commands end. */
const nothing = async (): Promise<void> => undefined;

const MAKERS: Readonly<Record<FaultName, Fault>> = {
  'blob-down': switched('blob'),
  'mysql-down': switched('mysql'),
  'redis-down': switched('redis'),
  'sidecar-down': switched('sidecar'),
  'stuck-file': {
    make: async (bed) => writeFile(join(await outboxOf(bed), '.abandoned'), 'a file that nobody ever completed'),
    end: async (bed) => rm(join(await outboxOf(bed), '.abandoned'), { force: true }),
  },
  'outbox-refuses': { make: takeOutbox, end: giveOutboxBack },
  'swapped-by-hand': {
    make: async (bed) => {
      // The slot restarts at the end of the swap before.
      await bed.stagedVersion();
      await swapByArm(await bed.region.connection());
    },
    end: nothing,
  },
  'refused-release': {
    make: async (bed) => {
      const { file } = await bed.variant({ 'src/Controller/Ping.php': (php) => php.replace('pong', 'gnop') });
      await bed.refusal('release', '--package', file);
    },
    end: nothing,
  },
  'killed-release': {
    make: async (bed) => {
      const child = bed.region.spawn('release', '--package', (await bed.variant()).file, '--p95', '10000', '--json');
      const ended = finished(child);
      await reaches(child, 'drain');
      child.kill('SIGKILL');
      await ended;
    },
    end: nothing,
  },
  'worse-version': {
    make: async (bed) => {
      const { file, version } = await bed.variant();
      await bed.done('release', '--package', file);
      await writeFile(bed.downFlag(version), '');
    },
    // After the rollback the version is in staging, which is to answer again too.
    end: async (bed) => {
      const flags = (await readdir(bed.region.stateDir)).filter((name) => name.startsWith(basename(bed.downFlag(''))));
      for (const flag of flags) await rm(join(bed.region.stateDir, flag));
    },
  },
};

/** The faults that the blocks of one page have made in a region. */
export class DocumentedFaults {
  readonly #bed: ReleaseBed;
  readonly #made = new Set<FaultName>();

  constructor(bed: ReleaseBed) {
    this.#bed = bed;
  }

  async make(name: FaultName): Promise<void> {
    this.#made.add(name);
    await MAKERS[name].make(this.#bed);
  }

  async end(name: FaultName): Promise<void> {
    await MAKERS[name].end(this.#bed);
    this.#made.delete(name);
  }

  /** Ends what is left, and waits until the region is well. */
  async endAll(): Promise<void> {
    for (const name of this.#made) await this.end(name);
    await eventually('production is well again', async () => {
      const answer = await fetch(`${this.#bed.connection.production}/_slipway/health`).catch(() => undefined);
      return ((await answer?.json()) as { status?: string } | undefined)?.status === 'pass';
    });
  }
}

function switched(target: Parameters<typeof switchRegionFault>[1]): Fault {
  const turn = (on: boolean) => (bed: ReleaseBed) => switchRegionFault(bed.region.stateDir, target, on);
  return { make: turn(false), end: turn(true) };
}

async function outboxOf(bed: ReleaseBed): Promise<string> {
  return (await bed.region.connection()).slots.production.outbox;
}

/** A disk that takes no file. The sidecars are off meanwhile, since a sidecar makes its folders again. */
async function takeOutbox(bed: ReleaseBed): Promise<void> {
  await switchRegionFault(bed.region.stateDir, 'sidecar', false);
  const outbox = await outboxOf(bed);
  await rename(outbox, `${outbox}-away`);
  await eventually('a file is where the outbox was', async () => {
    try {
      await writeFile(outbox, '', { flag: 'wx' });
      return true;
    } catch (error) {
      // PHP made the folder anew in between.
      if (!isErrno(error, 'EEXIST')) throw error;
      await rmdir(outbox).catch(() => undefined);
      return false;
    }
  });
}

async function giveOutboxBack(bed: ReleaseBed): Promise<void> {
  const outbox = await outboxOf(bed);
  // A folder is there when the fault was not made, or PHP made it anew.
  await unlink(outbox).catch(() => undefined);
  await rename(`${outbox}-away`, outbox).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw error;
  });
  await switchRegionFault(bed.region.stateDir, 'sidecar', true);
  await eventually('the sidecar answers', async () => {
    const status = await regionStatus(bed.region);
    return status?.slots.production.media !== null;
  });
}
