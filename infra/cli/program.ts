import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { SlipError } from '../lib/errors.ts';
import { textOf } from '../lib/json.ts';
import { publicOffsets } from '../local/processes/ports.ts';
import { type CommandDefinition, type CommonOptions, groups } from './command.ts';
import { UsageError } from './failure.ts';
import { didYouMean } from './nearest.ts';
import { Output } from './output.ts';
import { forRegion } from './region-options.ts';

const root = join(import.meta.dirname, '../..');
const commandsDirectory = join(import.meta.dirname, 'commands');
const defaultRegion = { state: join(root, '.local'), port: 8080 };

/** Only the named command's file is loaded; all of them when help has to list them. */
export async function buildProgram(args: readonly string[]): Promise<Command> {
  const names = commandNames();
  const named = args[0] ?? '';
  const program = quiet(new Command('slipway'))
    .description('Releases a PHP web application on Azure App Service, and runs the whole of it on this machine')
    .usage('<command> [options]')
    .version(versionText(), '--version', 'print the version of this checkout')
    .helpCommand(false)
    .addHelpText(
      'after',
      '\nEvery command has --help with an example. Guides: docs/, errors: docs/reference/errors.md',
    );
  const chosen = await Promise.all((names.includes(named) ? [named] : names).map(loadCommand));
  const order = Object.values(groups).map((heading) => `${heading}:`);
  const place = (command: Command) => order.indexOf(command.helpGroup());
  for (const command of chosen.toSorted((a, b) => place(a) - place(b))) program.addCommand(command);
  // A command line without a command is wrong use; the answer is the help.
  program.action(() => {
    if (named !== '') {
      throw new UsageError(`there is no command "${named}"`, `${didYouMean(named, names)}see ./slipway --help`);
    }
    program.outputHelp();
    process.exitCode = 2;
  });
  program.allowExcessArguments(true).allowUnknownOption(named !== '' && !named.startsWith('-'));
  return program;
}

/** A command by its file name. */
export async function loadCommand(name: string): Promise<Command> {
  const { command } = (await import(join(commandsDirectory, `${name}.ts`))) as { command: CommandDefinition };
  return toCommander(name, command);
}

function toCommander(name: string, definition: CommandDefinition): Command {
  const command = quiet(new Command(name)).summary(definition.summary).description(definition.summary);
  definition.configure?.(command);
  if (definition.region !== 'none') command.option('--state <dir>', 'directory of the local region', '.local');
  if (definition.region !== 'none') command.addOption(portOption(definition));
  command
    .helpGroup(`${groups[definition.group]}:`)
    .option('--json', 'print JSON for machines', false)
    .allowExcessArguments(command.registeredArguments.some((argument) => argument.variadic))
    .addHelpText('after', `\nExample:\n${definition.examples.map((line) => `  $ ./${line}`).join('\n')}`)
    .action(async () => {
      const given = command.opts<Partial<CommonOptions> & { json: boolean }>();
      const isGiven = command.getOptionValueSource('state') === 'cli';
      const state = isGiven && given.state !== undefined ? resolve(given.state) : defaultRegion.state;
      const options = { port: defaultRegion.port, ...given, state };
      const edit = (text: string): string => forRegion(text, options, { ...defaultRegion, cwd: process.cwd() });
      const output = new Output(options.json, process.stdout, process.stderr, edit);
      try {
        await definition.run({ args: command.args, options, output, edit });
      } catch (error) {
        throw withEditedFix(error, edit);
      } finally {
        output.end();
      }
    });
  return command;
}

/** Only `start` uses the port. The other commands of a region accept it, so that one set of options fits all, and do not show it. */
function portOption({ region }: CommandDefinition): Option {
  const option = new Option('--port <base>', 'first port of the local region')
    .argParser(parsePort)
    .default(defaultRegion.port);
  return region === 'state and port' ? option : option.hideHelp();
}

function versionText(): string {
  const text = readFileSync(join(root, 'package.json'), 'utf8');
  return `slipway ${textOf(JSON.parse(text), 'version')}`;
}

/** The `to do` of an error names commands too. */
function withEditedFix(error: unknown, edit: (text: string) => string): unknown {
  if (!(error instanceof SlipError) || error.constructor !== SlipError || error.detail.fix === undefined) return error;
  return new SlipError(error.code, { ...error.detail, fix: edit(error.detail.fix) });
}

function quiet(command: Command): Command {
  return command.exitOverride().configureOutput({ writeErr: () => undefined });
}

export function commandNames(): string[] {
  return readdirSync(commandsDirectory)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

function parsePort(text: string): number {
  const port = Number(text);
  const last = 65_535 - Math.max(...publicOffsets);
  if (!/^\d+$/.test(text) || port < 1 || port > last) throw new InvalidArgumentError(`It has to be from 1 to ${last}.`);
  return port;
}
