import { SlipError } from '../../lib/errors.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failure.ts';

interface DoctorOptions {
  readonly beforeUp: boolean;
  readonly stack: string;
  readonly subscription?: string;
}

export const command = defineCommand<DoctorOptions>({
  group: 'provision',
  region: 'none',
  summary: 'checks on Azure, without changing anything, what would stop the first `pulumi up` of a stack',
  examples: [
    'slipway doctor --before-up --stack prod',
    'slipway doctor --before-up --stack dev --subscription 11111111-… --json',
  ],
  configure(command) {
    command.option('--before-up', 'look at what a stack needs before it exists', false);
    command.option('--stack <name>', 'the stack: its Pulumi.<name>.yaml is read', 'prod');
    command.option('--subscription <id>', 'default: AZURE_SUBSCRIPTION_ID, or what `az account show` says');
  },
  async run({ options, output }) {
    if (!options.beforeUp)
      throw new UsageError('what to look at is missing', './slipway doctor --before-up --stack prod');
    const [{ chosenAccount, managementPlane }, { evaluate, WITHOUT_IMAGE }, { findingsText, runChecks }] =
      await Promise.all([
        import('../../azure/subscription.ts'),
        import('../../evaluate/evaluate.ts'),
        import('../../azure/doctor/before-up.ts'),
      ]);
    const arm = managementPlane();
    output.progress('asking who you are');
    const account = await chosenAccount(arm, options.subscription, process.env);
    output.progress('reading the program');
    const evaluation = await evaluate({
      stage: options.stack,
      mode: 'update',
      account,
      // The image is built in the registry of stage shared, later than this is asked.
      ...(options.stack === 'shared' ? {} : { config: WITHOUT_IMAGE }),
    });
    output.progress('asking Azure');
    const location = evaluation.resources.find(({ type }) => type.endsWith(':ResourceGroup'))?.inputs.location;
    const findings = await runChecks({
      arm,
      evaluation,
      subscriptionId: account.subscriptionId,
      location: String(location),
    });
    output.result(findings, findingsText(findings));
    const problems = findings.filter(({ verdict }) => verdict === 'problem').length;
    if (problems > 0) {
      throw new SlipError('SLIP-DOCTOR-PROBLEMS', {
        found: `${problems} of ${findings.length} findings would stop the first \`pulumi up\` of ${options.stack}`,
        fix: 'what stands below each of them; then ask again',
      });
    }
  },
});
