import { accessSync, constants, readFileSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { RUN_PARENTS } from './run-directory.ts';
import type { Form } from './stages.ts';

/** A run in its short form writes about 1 GB at most; the machine needs memory for its servers as well. */
const SPACE_BYTES = 4e9;
const MEMORY_BYTES = 8e9;

export interface Memory {
  /** Of /proc/mounts. */
  readonly mounts: string;
  /** Of the directory in memory. */
  readonly spaceBytes: number;
  readonly availableBytes: number;
}

/**
 * Where a run's directory is made. In memory where there is plenty of it: containers, databases and packages write thousands of
 * small files, which costs a third of a run on a disk. The long form writes too much for that.
 */
export function runParent(form: Form, memory = memoryOfMachine()): string {
  return form === 'short' && isFit(memory) ? RUN_PARENTS.memory : RUN_PARENTS.disk;
}

/** Containers mount it small, and without the right to run a program from it. */
function isFit({ mounts, spaceBytes, availableBytes }: Memory): boolean {
  const mount = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .findLast(([, path]) => path === RUN_PARENTS.memory);
  const [, , type, options = ''] = mount ?? [];
  const runsPrograms = !options.split(',').includes('noexec');
  return type === 'tmpfs' && runsPrograms && spaceBytes >= SPACE_BYTES && availableBytes >= MEMORY_BYTES;
}

function memoryOfMachine(): Memory {
  try {
    accessSync(RUN_PARENTS.memory, constants.W_OK);
    const { bavail, bsize } = statfsSync(RUN_PARENTS.memory);
    return { mounts: readFileSync('/proc/mounts', 'utf8'), spaceBytes: bavail * bsize, availableBytes: freemem() };
  } catch {
    return { mounts: '', spaceBytes: 0, availableBytes: 0 };
  }
}
