import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ulidName } from '../../sidecar/testbed/files.ts';
import { Testbed } from '../../sidecar/testbed/testbed.ts';
import { median } from '../lib/percentile.ts';
import { type Tool, tools } from './sidecar-tools.ts';

export interface Throughput {
  readonly tool: string;
  readonly bytes: number;
  readonly files: number;
  /** Milliseconds of each run. */
  readonly runs: readonly number[];
  readonly filesPerSecond: number;
}

export interface Load {
  readonly bytes: number;
  readonly files: number;
}

/** Files that Azurite gets before the clock starts, for each that is measured. */
const WARMING_SHARE = 0.3;

/** Every tool brings the same files into an Azurite of its own, in turn, several rounds; a tool's figure is its median. */
export async function measureThroughput(
  loads: readonly Load[],
  rounds: number,
  say: (line: string) => void,
): Promise<{ results: Throughput[]; missing: string[] }> {
  const { found, missing } = tools();
  const results: Throughput[] = [];
  for (const load of loads) {
    const runs = new Map<Tool, number[]>(found.map((tool) => [tool, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const tool of round % 2 === 0 ? found : [...found].reverse()) {
        const ms = await once(tool, load);
        runs.get(tool)?.push(ms);
        say(`${tool.name}: ${load.files} files of ${load.bytes} bytes in ${(ms / 1_000).toFixed(2)} s`);
      }
    }
    for (const [tool, times] of runs) {
      results.push({ tool: tool.name, ...load, runs: times, filesPerSecond: load.files / (median(times) / 1_000) });
    }
  }
  return { results, missing };
}

async function once(tool: Tool, { bytes, files }: Load): Promise<number> {
  const bed = await Testbed.start();
  try {
    const folders = { warming: join(bed.folder, 'warming'), files: join(bed.folder, 'files') };
    const warming = Math.ceil(files * WARMING_SHARE);
    await fill(folders.warming, warming, bytes);
    await fill(folders.files, files, bytes);
    const ms = await tool.run(bed, folders);
    let there = 0;
    for await (const _ of bed.azurite.container().listBlobsFlat()) there += 1;
    if (there !== warming + files) throw new Error(`${tool.name} brought ${there - warming} of ${files} files`);
    return ms;
  } finally {
    await bed.stop();
  }
}

async function fill(folder: string, files: number, bytes: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const contents = randomBytes(bytes);
  for (let at = 0; at < files; at += 1) {
    contents.writeUInt32BE(at, 0);
    await writeFile(join(folder, ulidName('bin')), contents);
  }
}
