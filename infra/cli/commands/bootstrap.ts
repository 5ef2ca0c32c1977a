import { defineCommand } from '../command.ts';
import { type GithubOptions, githubRepository } from '../github-repository.ts';

interface BootstrapOptions extends GithubOptions {
  readonly dryRun: boolean;
  readonly subscription?: string;
}

export const command = defineCommand<BootstrapOptions>({
  group: 'provision',
  region: 'none',
  summary:
    'creates what the first `pulumi up` needs: resource providers, Pulumi’s state and key, the pipeline’s identity',
  examples: [
    'slipway bootstrap --dry-run --subscription 11111111-2222-4333-8444-555555555555',
    'slipway bootstrap --github octo-org/shop --github-ids 123/456 --environments dev,prod',
  ],
  configure(command) {
    command.option('--dry-run', 'print the commands instead of running them', false);
    command.option('--subscription <id>', 'default: AZURE_SUBSCRIPTION_ID, or what `az account show` says');
    command.option('--github <owner/repository>', 'the repository whose pipeline deploys');
    command.option(
      '--github-ids <owner/repository>',
      'their numeric ids: gh api repos/OWNER/REPO --jq \'"\\(.owner.id)/\\(.id)"\'',
    );
    command.option('--environments <list>', 'environments of the repository that may deploy', 'shared,dev,prod');
  },
  async run({ options, output }) {
    const github = githubRepository(options);
    const { bootstrapCommands, runScript } = await import('../../azure/bootstrap/bootstrap.ts');
    output.progress('reading the program');
    const script = await bootstrapCommands({ subscription: options.subscription, github, environment: process.env });
    if (options.dryRun) {
      output.result({ script }, script);
      return;
    }
    const said = await runScript(script, (line) => output.progress(line));
    output.result({ next: said.trimEnd().split('\n') }, said);
  },
});
