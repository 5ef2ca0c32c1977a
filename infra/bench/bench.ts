import { availableParallelism, cpus, totalmem } from 'node:os';

export interface BenchOptions {
  /** Where raw data goes: docs/benchmarks. */
  readonly folder: string;
  /** One line about how far it is. */
  readonly say: (line: string) => void;
  /** 1 is the full bench; less takes proportionally less. */
  readonly scale?: number;
}

export interface BenchResult {
  readonly title: string;
  /** A section for docs/benchmarks.md, without its heading. */
  readonly markdown: string;
  readonly rawFile: string;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  /** ISO 8601, to the minute. */
  readonly at: string;
}

/** Every figure is a figure of a machine and a day. */
export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1_000_000_000),
    node: process.versions.node,
    at: new Date().toISOString().slice(0, 16),
  };
}

export function machineText({ cpu, cores, memoryGb, node, at }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGb} GB, Node ${node}, ${at} UTC.`;
}
