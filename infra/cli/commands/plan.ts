import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { defineCommand } from '../command.ts';

interface PlanOptions {
  readonly stack: string;
  readonly save?: string;
  readonly approved?: string;
}

const root = join(import.meta.dirname, '../../..');

export const command = defineCommand<PlanOptions>({
  group: 'provision',
  region: 'none',
  summary: 'lists what `pulumi up` would change, and refuses when that is not what was approved',
  examples: ['slipway plan --stack prod --save plan.json', 'slipway plan --stack prod --approved plan.json'],
  configure(command) {
    command.requiredOption('--stack <name>', 'the stack on Azure');
    command.option('--save <file>', 'write the list, for --approved');
    command.option(
      '--approved <file>',
      'a list that was saved: a resource, operation or changed path that is not in it ends with 1',
    );
  },
  async run({ options, output }) {
    const [{ previewChanges }, { lineOf }] = await Promise.all([
      import('../../azure/plan/preview.ts'),
      import('../../azure/plan/change-list.ts'),
    ]);
    const { stack, save, approved } = options;
    const changes = await previewChanges({ stack, root, environment: process.env });
    if (save !== undefined) await writeFile(save, `${JSON.stringify({ stack, changes }, undefined, 2)}\n`);
    output.result(changes, changes.length === 0 ? 'nothing changes' : changes.map(lineOf).join('\n'));
    if (approved !== undefined) await refuseUnapproved(approved, changes);
  },
});

async function refuseUnapproved(
  file: string,
  changes: Parameters<typeof import('../../azure/plan/change-list.ts').differenceOf>[1],
) {
  const { differenceOf, savedChanges } = await import('../../azure/plan/change-list.ts');
  const approved = savedChanges(await readFile(file, 'utf8'));
  if (approved === undefined) {
    throw new SlipError('SLIP-PLAN-CHANGED', {
      found: `${file} is no list of changes`,
      expected: 'what `./slipway plan --save` wrote',
      fix: 'preview again, and approve that',
    });
  }
  const { gone, added } = differenceOf(approved, changes);
  if (gone.length + added.length === 0) return;
  throw new SlipError('SLIP-PLAN-CHANGED', {
    found: [
      ...gone.map((line) => `approved and not there now: ${line}`),
      ...added.map((line) => `not approved: ${line}`),
    ].join('; '),
    expected: 'the changes that were approved, no more and no fewer',
    fix: 'start the pipeline again, look at its preview, approve that',
  });
}
