import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
/** Made from the commands, whose own tests parse every example. */
const GENERATED = 'docs/reference/cli.md';

/** Things that a test can break in a region before a block is run, and repair after it. */
export const FAULTS = [
  'blob-down',
  'killed-release',
  'mysql-down',
  'outbox-refuses',
  'redis-down',
  'refused-release',
  'sidecar-down',
  'stuck-file',
  'swapped-by-hand',
  'worse-version',
] as const;
export type FaultName = (typeof FAULTS)[number];

/** What the comment above a block says. */
export type Mark =
  | { readonly where: 'here'; readonly prints: readonly string[] }
  | {
      readonly where: 'region';
      /** In the long form of the tests only. */
      readonly long: boolean;
      /** Repeated until it prints what it has to. */
      readonly atLast: boolean;
      readonly breaks: FaultName | undefined;
      readonly repairs: FaultName | undefined;
      readonly prints: readonly string[];
    }
  | { readonly where: 'nowhere'; readonly reason: string };

export interface DocumentedCommands {
  readonly page: string;
  /** Of the fence, from 1. */
  readonly line: number;
  readonly commands: string;
  /** The comment above the block; undefined when there is none. */
  readonly comment: string | undefined;
}

/** Every block of shell commands of the documents. */
export function documentedCommands(): DocumentedCommands[] {
  return ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT }).sort()]
    .filter((page) => page !== GENERATED)
    .flatMap((page) => commandsIn(page, readFileSync(join(ROOT, page), 'utf8')));
}

export function commandsIn(page: string, text: string): DocumentedCommands[] {
  const lines = text.split('\n');
  return lines.flatMap((opening, index) => {
    const indent = /^( *)```sh$/.exec(opening)?.[1];
    if (indent === undefined) return [];
    const end = lines.indexOf(`${indent}\`\`\``, index);
    const commands = lines
      .slice(index + 1, end)
      .map((line) => line.slice(indent.length))
      .join('\n');
    const comment = /^ *<!-- (.*) -->$/.exec(lines[index - 1] ?? '')?.[1];
    return [{ page, line: index + 1, commands, comment }];
  });
}

/**
 * Reads a comment:
 *   runs here, prints: TEXT … TEXT
 *   runs in the region[, long][, with FAULT][, without FAULT][, at last], prints: TEXT … TEXT
 *   does not run: REASON
 * The texts are printed in this order. undefined: the comment is none of these.
 */
export function markOf(comment: string | undefined): Mark | undefined {
  const reason = /^does not run: (.+)$/.exec(comment ?? '')?.[1];
  if (reason !== undefined) return { where: 'nowhere', reason };
  const [, place, options = '', texts = ''] = /^runs (here|in the region)(.*), prints: (.+)$/.exec(comment ?? '') ?? [];
  const prints = texts.split(' … ');
  if (place === 'here') return options === '' ? { where: 'here', prints } : undefined;
  if (place === undefined) return undefined;
  const words = options.split(', ').slice(1);
  const mark = {
    where: 'region',
    long: words.includes('long'),
    atLast: words.includes('at last'),
    breaks: faultIn(words, 'with '),
    repairs: faultIn(words, 'without '),
    prints,
  } as const;
  const known = [mark.long, mark.atLast, mark.breaks !== undefined, mark.repairs !== undefined].filter(Boolean).length;
  return known === words.length ? mark : undefined;
}

function faultIn(words: readonly string[], before: string): FaultName | undefined {
  return FAULTS.find((name) => words.includes(before + name));
}

/** Whether a block asks Azure, GitHub or Azure DevOps, which no test can. */
export function needsAzure(commands: string): boolean {
  return /(^\s*|\$\(|&& |\| |\{ )(az|gh|npx pulumi|\.\/slipway (bootstrap|doctor|image)) |--stack |-s (dev|prod|shared)\b/m.test(
    commands,
  );
}

/** Whether the output has the texts, one after the other. */
export function printsInOrder(output: string, texts: readonly string[]): boolean {
  let from = 0;
  return texts.every((text) => {
    const at = output.indexOf(text, from);
    from = at + text.length;
    return at >= 0;
  });
}
