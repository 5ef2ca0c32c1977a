import { join } from 'node:path';
import { defineCommand } from '../command.ts';

interface ImageCommandOptions {
  readonly for: string;
  readonly subscription?: string;
}

const root = join(import.meta.dirname, '../../..');

export const command = defineCommand<ImageCommandOptions>({
  group: 'provision',
  region: 'none',
  summary:
    'builds the sidecar’s image in the shared registry, without Docker, and notes its digest for the next `pulumi up`',
  examples: ['slipway image', 'slipway image --for dev,prod'],
  configure(command) {
    command.option('--for <stacks>', 'stacks whose config gets the digest', 'dev');
    command.option('--subscription <id>', 'default: AZURE_SUBSCRIPTION_ID, or what `az account show` says');
  },
  async run({ options, output }) {
    const [
      { chosenAccount, managementPlane, managementToken },
      { evaluate, WITHOUT_IMAGE },
      { BuildingRegistry },
      { sidecarImage },
    ] = await Promise.all([
      import('../../azure/subscription.ts'),
      import('../../evaluate/evaluate.ts'),
      import('../../azure/image/registry.ts'),
      import('../../azure/image/image.ts'),
    ]);
    const arm = managementPlane();
    const account = await chosenAccount(arm, options.subscription, process.env);
    const stacks = options.for.split(',').filter((stack) => stack !== '');
    const [shared, stage] = await Promise.all([
      evaluate({ stage: 'shared', mode: 'update', account }),
      evaluate({ stage: stacks[0] ?? 'dev', mode: 'update', account, config: WITHOUT_IMAGE }),
    ]);
    const repository = String(stage.outputs.sidecarRepository);
    const registry = new BuildingRegistry({ arm, id: String(shared.outputs.registryId), repository });
    const built = await sidecarImage({
      root,
      registry,
      repository,
      stacks,
      token: managementToken(),
      onProgress: (text) => output.progress(text),
    });
    output.result(
      built,
      `${built.image}\n${built.digest}${built.built ? '' : ' (was there already)'}\nnext: ${stacks.map((stack) => `pulumi up -s ${stack}`).join(', ')}, then ./slipway release`,
    );
  },
});
