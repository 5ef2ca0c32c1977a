import { ENVIRONMENTS } from '../../azure/bootstrap/identities.ts';
import { defineCommand } from '../command.ts';
import { type PipelineOptions, pipelineOf } from '../pipeline-options.ts';

interface BootstrapOptions extends PipelineOptions {
  readonly dryRun: boolean;
  readonly subscription?: string;
}

export const command = defineCommand<BootstrapOptions>({
  group: 'provision',
  region: 'none',
  summary:
    'creates what the first `pulumi up` needs: resource providers and groups, Pulumi’s state and keys, the pipeline’s identities',
  examples: [
    'slipway bootstrap --dry-run --subscription 11111111-2222-4333-8444-555555555555',
    'slipway bootstrap --github octo-org/shop --github-ids 123/456',
    'slipway bootstrap --environments dev --issuer https://login.microsoftonline.com/TENANT/v2.0 --subject SUBJECT',
  ],
  configure(command) {
    command.option('--dry-run', 'print the commands instead of running them', false);
    command.option('--subscription <id>', 'default: AZURE_SUBSCRIPTION_ID, or what `az account show` says');
    command.option('--github <owner/repository>', 'the repository whose workflows deploy');
    command.option(
      '--github-ids <owner/repository>',
      'their numeric ids: gh api repos/OWNER/REPO --jq \'"\\(.owner.id)/\\(.id)"\'',
    );
    command.option('--issuer <url>', 'of a service connection of Azure DevOps, as its draft shows it');
    command.option('--subject <text>', 'likewise');
    command.option(
      '--environments <list>',
      `environments that get an identity; with --github default: ${ENVIRONMENTS.join(',')}`,
    );
  },
  async run({ options, output }) {
    const pipeline = pipelineOf(options);
    const { bootstrapCommands, runScript } = await import('../../azure/bootstrap/bootstrap.ts');
    output.progress('reading the program');
    const script = await bootstrapCommands({
      subscription: options.subscription,
      ...pipeline,
      environment: process.env,
    });
    if (options.dryRun) {
      output.result({ script }, script);
      return;
    }
    const said = await runScript(script, (line) => output.progress(line));
    output.result({ next: said.trimEnd().split('\n') }, said);
  },
});
