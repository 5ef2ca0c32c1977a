import { type Command, Option } from 'commander';

export interface StageOption {
  readonly stage: string;
}

/** For commands that look at a stage's program rather than at a running system. */
export function addStageOption(command: Command): void {
  command.addOption(
    new Option('--stage <name>', 'stage of the program').choices(['shared', 'dev', 'prod']).default('dev'),
  );
}
