import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { defineCommand } from '../command.ts';
import { addTargetOptions, releaseTarget, type TargetOptions } from '../release-target.ts';

interface DriftOptions extends TargetOptions {
  readonly report?: string;
}

const root = join(import.meta.dirname, '../../..');

export const command = defineCommand<DriftOptions>({
  group: 'operate',
  region: 'state',
  summary: 'compares Azure with what Pulumi and the last release made of it, app settings included; changes nothing',
  examples: ['slipway drift --stack prod', 'slipway drift --stack prod --report drift.txt'],
  configure(command) {
    addTargetOptions(command);
    command.option('--report <file>', 'write what drifted, a line each; empty when nothing did');
  },
  async run({ options, output }) {
    const { stack, report } = options;
    const drifted = [
      ...(stack === undefined ? [] : await resourceDrift(stack)),
      ...(await configurationDrift(options)),
    ];
    if (report !== undefined) await writeFile(report, drifted.map((line) => `${line}\n`).join(''));
    output.result(drifted, drifted.length === 0 ? 'nothing has drifted' : drifted.join('\n'));
    if (drifted.length === 0) return;
    throw new SlipError('SLIP-DRIFT-FOUND', {
      found: `${drifted.length} differences to what the last \`pulumi up\` and the last release made`,
      fix: 'bring each into the program or undo it: `pulumi up` and a release would undo them without a word',
    });
  },
});

/** Changes that `up` would make only because Azure is not as the state says: those of the program alone are no drift. */
async function resourceDrift(stack: string): Promise<string[]> {
  const [{ previewChanges }, { differenceOf }] = await Promise.all([
    import('../../azure/plan/preview.ts'),
    import('../../azure/plan/change-list.ts'),
  ]);
  const preview = { stack, root, environment: process.env };
  const declared = await previewChanges(preview);
  return differenceOf(declared, await previewChanges({ ...preview, refresh: true })).added;
}

async function configurationDrift(options: Parameters<typeof releaseTarget>[0]): Promise<string[]> {
  const [{ AppService }, { History, lastLive }, { sealForLooking }, { readConfiguration }, { settingsDrift }] =
    await Promise.all([
      import('../../release/appservice/app-service.ts'),
      import('../../release/store/history.ts'),
      import('../../release/store/seal.ts'),
      import('../../release/store/slot-configuration.ts'),
      import('../../release/settings-drift.ts'),
    ]);
  const target = await releaseTarget(options);
  const history = new History(target.releases, target.stack, await sealForLooking(target));
  const released = lastLive(await history.read());
  if (released === undefined) return [];
  return settingsDrift(await readConfiguration(new AppService(target.site, target.management), 'production'), released);
}
