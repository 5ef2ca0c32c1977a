import { defineCommand } from '../command.ts';
import { addStageOption, type StageOption } from '../stage-option.ts';

interface ResourcesOptions extends StageOption {
  readonly check: boolean;
}

export const command = defineCommand<ResourcesOptions>({
  group: 'develop',
  region: 'none',
  summary: 'lists every resource the program creates, and how it is protected; needs no account',
  examples: [
    'slipway resources --stage prod',
    'slipway resources --stage shared --json',
    'slipway resources --stage prod --check',
  ],
  configure(command) {
    addStageOption(command);
    command.option('--check', "check the rules of the house instead, with the stage's own config", false);
  },
  async run({ options, output }) {
    const [{ evaluate }, { ANY_DIGEST }] = await Promise.all([
      import('../../evaluate/evaluate.ts'),
      import('../../report/system-page.ts'),
    ]);
    const { stage, check } = options;
    const config = stage === 'shared' ? {} : { 'sidecar.digest': ANY_DIGEST };
    const evaluation = await evaluate({ stage, mode: 'update', config, present: { released: true } });
    if (check) {
      const { assertNoViolation, checkedText, checkRules } = await import('../../policy/check.ts');
      const checked = checkRules(evaluation);
      output.result(checked, checkedText(checked));
      assertNoViolation(checked, stage);
      return;
    }
    const { resourceRows, resourceTable } = await import('../../report/resource-table.ts');
    const rows = resourceRows(evaluation);
    output.result(rows, resourceTable(rows));
  },
});
