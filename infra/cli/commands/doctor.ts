import type { Finding } from '../../azure/doctor/check.ts';
import { SlipError } from '../../lib/errors.ts';
import { defineCommand } from '../command.ts';
import type { Output } from '../output.ts';

interface DoctorOptions {
  readonly beforeUp: boolean;
  readonly stack: string;
  readonly subscription?: string;
}

export const command = defineCommand<DoctorOptions>({
  group: 'operate',
  region: 'none',
  summary: 'asks Azure, without changing anything, what is wrong with a stack, and names the fix',
  examples: [
    'slipway doctor --stack prod',
    'slipway doctor --before-up --stack prod',
    'slipway doctor --before-up --stack dev --subscription 11111111-… --json',
  ],
  configure(command) {
    command.option('--stack <name>', 'the stack', 'prod');
    command.option('--before-up', 'look at what a stack needs before it exists: its Pulumi.<name>.yaml is read', false);
    command.option(
      '--subscription <id>',
      'with --before-up; default: AZURE_SUBSCRIPTION_ID, or what `az account show` says',
    );
  },
  async run({ options, output }) {
    const findings = await (options.beforeUp ? beforeUp(options, output) : afterUp(options.stack, output));
    const { findingsText } = await import('../../azure/doctor/findings-text.ts');
    output.result(findings, findingsText(findings));
    const problems = findings.filter(({ verdict }) => verdict === 'problem').length;
    if (problems === 0) return;
    const what = options.beforeUp
      ? `would stop the first \`pulumi up\` of ${options.stack}`
      : `are wrong with ${options.stack}`;
    throw new SlipError('SLIP-DOCTOR-PROBLEMS', {
      found: `${problems} of ${findings.length} findings ${what}`,
      fix: 'what stands below each of them; then ask again',
    });
  },
});

async function afterUp(stack: string, output: Output): Promise<Finding[]> {
  const [{ examine }, { stackOf }, { openTarget }] = await Promise.all([
    import('../../operate/doctor.ts'),
    import('../../operate/stack.ts'),
    import('../../release/target/open-target.ts'),
  ]);
  output.progress('reading the outputs of the stack');
  const target = await openTarget({ stack, stateDir: '' });
  output.progress('asking Azure');
  return examine(stackOf(target));
}

async function beforeUp({ stack, subscription }: DoctorOptions, output: Output): Promise<Finding[]> {
  const [{ chosenAccount, managementPlane }, { evaluate, WITHOUT_IMAGE }, { runChecks }] = await Promise.all([
    import('../../azure/subscription.ts'),
    import('../../evaluate/evaluate.ts'),
    import('../../azure/doctor/before-up.ts'),
  ]);
  const arm = managementPlane();
  output.progress('asking who you are');
  const account = await chosenAccount(arm, subscription, process.env);
  output.progress('reading the program');
  const evaluation = await evaluate({
    stage: stack,
    mode: 'update',
    account,
    // The image is built in the registry of stage shared, later than this is asked.
    ...(stack === 'shared' ? {} : { config: WITHOUT_IMAGE }),
  });
  output.progress('asking Azure');
  const location = evaluation.resources.find(({ type }) => type.endsWith(':ResourceGroup'))?.inputs.location;
  return runChecks({ arm, evaluation, subscriptionId: account.subscriptionId, location: String(location) });
}
