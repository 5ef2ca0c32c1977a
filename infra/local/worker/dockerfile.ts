/** What a container of an image is started with. */
export interface ImageRecipe {
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

/**
 * Reads the last stage of a Dockerfile: WORKDIR, ENV and CMD, the latter as a JSON list. Throws on what it does not support:
 * quotes in ENV, a CMD for a shell, a stage without CMD.
 */
export function imageRecipe(dockerfile: string): ImageRecipe {
  let workingDirectory = '/';
  let environment: Record<string, string> = {};
  let command: readonly string[] = [];
  for (const [keyword, rest] of instructions(dockerfile)) {
    if (keyword === 'FROM') [workingDirectory, environment, command] = ['/', {}, []];
    if (keyword === 'WORKDIR') workingDirectory = rest;
    if (keyword === 'ENV') environment = { ...environment, ...assignments(rest) };
    if (keyword === 'CMD') command = words(rest);
  }
  if (command.length === 0) throw new SyntaxError('the last stage of the Dockerfile has no CMD');
  return { workingDirectory, environment, command };
}

function instructions(dockerfile: string): [keyword: string, rest: string][] {
  return dockerfile
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map((line) => {
      const [keyword = '', ...rest] = line.trim().split(/\s+/);
      return [keyword.toUpperCase(), rest.join(' ')];
    });
}

function assignments(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(' ').map((word) => {
      const [, name, value] = /^(\w+)=([^"']*)$/.exec(word) ?? [];
      if (name === undefined || value === undefined)
        throw new SyntaxError(`ENV ${text}: expected NAME=value, unquoted`);
      return [name, value];
    }),
  );
}

function words(text: string): string[] {
  const list: unknown = text.startsWith('[') ? JSON.parse(text) : undefined;
  if (Array.isArray(list) && list.every((word) => typeof word === 'string')) return list;
  throw new SyntaxError(`CMD ${text}: expected a JSON list of texts`);
}
