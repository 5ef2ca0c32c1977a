import type { Command } from 'commander';
import type { Output } from './output.ts';

/** Options that commands have in common. */
export interface CommonOptions {
  /** Absolute path of the local region's directory. */
  readonly state: string;
  /** First port of the local region: production; +1 staging, +2 console, +363 management. The default where the command takes none. */
  readonly port: number;
  readonly json: boolean;
}

export interface Invocation<Options> {
  readonly args: readonly string[];
  readonly options: Options & CommonOptions;
  readonly output: Output;
  /** Completes the command lines in a text so that they act on the region that this command acts on. */
  readonly edit: (text: string) => string;
}

/** The parts of `slipway --help`, in its order. */
export const groups = {
  operate: 'For operators: release and run, here or with --stack on Azure',
  provision: 'For operators: before the first `pulumi up`',
  develop: 'For developers: this machine and this checkout',
} as const;

/** What a file in `commands/` exports as `command`. It is listed and run by its file name alone. */
export interface CommandDefinition<Options = unknown> {
  readonly group: keyof typeof groups;
  /** Which options of the local region do something for the command. What runs already has its port in its state. */
  readonly region: 'none' | 'state' | 'state and port';
  /** One line for `slipway --help`, without a full stop. */
  readonly summary: string;
  /** At least one command line to copy, without the leading `./`. */
  readonly examples: readonly string[];
  /** Adds arguments and options of its own. */
  configure?(command: Command): void;
  /** Resolves when the work is done; rejects with a SlipError when the user can fix it. Heavy modules are imported inside. */
  run(invocation: Invocation<Options>): Promise<void>;
}

export function defineCommand<Options = unknown>(definition: CommandDefinition<Options>): CommandDefinition {
  // Commander hands over what `configure` declared; the type parameter states it.
  return definition as CommandDefinition;
}
