import { defineCommand } from '../command.ts';
import { addStageOption, type StageOption } from '../stage-option.ts';

export const command = defineCommand<StageOption>({
  group: 'develop',
  region: 'none',
  summary: 'draws the system from its program, in Mermaid’s language; needs no account',
  examples: ['slipway diagram', 'slipway diagram --stage prod > system.mmd'],
  configure: addStageOption,
  async run({ options, output }) {
    const [{ evaluate }, { shapeOf }, { mermaid }, { ANY_DIGEST }] = await Promise.all([
      import('../../evaluate/evaluate.ts'),
      import('../../report/shape.ts'),
      import('../../report/mermaid.ts'),
      import('../../report/system-page.ts'),
    ]);
    const config = options.stage === 'shared' ? {} : { 'sidecar.digest': ANY_DIGEST };
    const shape = shapeOf(await evaluate({ stage: options.stage, mode: 'update', config }));
    output.result(shape, mermaid(shape));
  },
});
