import { defineCommand } from '../command.ts';
import { addStageOption, type StageOption } from '../stage-option.ts';

export const command = defineCommand<StageOption>({
  group: 'develop',
  region: 'none',
  summary: 'lists every resource the program creates, and how it is protected; needs no account',
  examples: ['slipway resources --stage prod', 'slipway resources --stage shared --json'],
  configure: addStageOption,
  async run({ options, output }) {
    const [{ evaluate }, { resourceRows, resourceTable }, { ANY_DIGEST }] = await Promise.all([
      import('../../evaluate/evaluate.ts'),
      import('../../report/resource-table.ts'),
      import('../../report/system-page.ts'),
    ]);
    const config = options.stage === 'shared' ? {} : { 'sidecar.digest': ANY_DIGEST };
    const rows = resourceRows(await evaluate({ stage: options.stage, mode: 'update', config }));
    output.result(rows, resourceTable(rows));
  },
});
