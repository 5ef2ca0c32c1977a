/** What a shell would give a meaning to. A command runs without one, so none of these would do what it looks like. */
const SHELL_CHARACTERS = /[|&;<>()$`\\*?[\]{}~#!\n\r\0]/;

export type CommandLine = { readonly words: readonly string[] } | { readonly problem: string };

/**
 * The words of a command: separated by spaces, `'…'` and `"…"` keep spaces. There is no shell, so there is nothing to expand;
 * a character that only a shell understands is refused outside quotes.
 */
export function parseCommand(text: string): CommandLine {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (const character of text) {
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word = (word ?? '') + character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
    } else if (character === ' ' || character === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (SHELL_CHARACTERS.test(character)) {
      return { problem: `${JSON.stringify(character)} has a meaning for a shell only, and commands run without one` };
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) return { problem: `the quote ${quote} is not closed` };
  if (word !== undefined) words.push(word);
  if ((words[0] ?? '') === '') return { problem: 'it names no program' };
  if (/[\n\r\0]/.test(text)) return { problem: 'it has more than one line' };
  return { words };
}
