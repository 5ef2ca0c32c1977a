import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { SlipError } from '../../lib/errors.ts';
import { projectDirectory } from '../../release/app/application-directory.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failure.ts';
import { addTargetOptions, type TargetOptions } from '../release-target.ts';

const MOST_BYTES = 24 * 1024;

interface SecretOptions extends TargetOptions {
  readonly generate?: string;
}

export const command = defineCommand<SecretOptions>({
  group: 'operate',
  region: 'state',
  summary: 'sets a secret of the application, here or in a stack’s Key Vault; its value is read from standard input',
  examples: [
    'slipway secret set APP_KEY --generate base64:32',
    'slipway secret set MAIL_PASSWORD --stack prod < password.txt',
    'slipway secret list',
  ],
  configure(command) {
    addTargetOptions(command);
    command
      .argument('<action>', 'set or list')
      .argument('[name]', 'set: the name of the setting')
      .option('--generate <form>', 'make the value instead of reading it: base64:BYTES is Laravel’s form of a key');
  },
  async run({ args, options, output }) {
    const [action, name] = args;
    if (action === 'list') {
      const names = (await (await openSecrets(options)).names()).toSorted();
      output.result({ names }, names.length === 0 ? 'no secret is set' : names.join('\n'));
      return;
    }
    if (action !== 'set' || name === undefined)
      throw new UsageError('set takes a name', './slipway secret set NAME < FILE');
    const setting = settingName(name);
    const value = options.generate === undefined ? await fromInput() : generated(options.generate);
    await (await openSecrets(options)).set(setting, value);
    output.result({ name }, `${name} is set; a slot has it with its next start, so release to use it`);
  },
});

interface Secrets {
  readonly names: () => Promise<readonly string[]>;
  readonly set: (setting: string, value: string) => Promise<void>;
}

/** Those of the stack named, or of the local region. */
async function openSecrets({ stack, state }: TargetOptions & { readonly state: string }): Promise<Secrets> {
  if (stack !== undefined) {
    const { stackSecrets } = await import('../../release/secrets/stack-secrets.ts');
    return stackSecrets(stack, projectDirectory);
  }
  const { AppSecrets } = await import('../../lib/app-secrets.ts');
  const secrets = new AppSecrets(state);
  return { names: async () => Object.keys(secrets.read()), set: async (setting, value) => secrets.set(setting, value) };
}

function settingName(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,110}$/.test(name)) return name;
  throw refused(`${name} is no name of a setting`, 'letters, digits and _');
}

async function fromInput(): Promise<string> {
  if (process.stdin.isTTY)
    throw refused('standard input is a terminal', 'the value on standard input: ./slipway secret set NAME < FILE');
  const value = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (value === '' || Buffer.byteLength(value) > MOST_BYTES)
    throw refused(`a value of ${Buffer.byteLength(value)} bytes`, `1 to ${MOST_BYTES} bytes`);
  return value;
}

function generated(form: string): string {
  const [, bytes] = /^base64:(\d{1,3})$/.exec(form) ?? [];
  if (bytes === undefined || Number(bytes) < 16)
    throw refused(`${form} is no form of a secret`, 'base64:BYTES with 16 bytes or more');
  return `base64:${randomBytes(Number(bytes)).toString('base64')}`;
}

function refused(found: string, expected: string): SlipError {
  return new SlipError('SLIP-APP-SECRET', { found, expected, fix: './slipway secret set --help' });
}
