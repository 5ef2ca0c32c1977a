// Plain JavaScript: set-up uses it before Node 24, which runs TypeScript, is there.

/**
 * What a terminal obeys or hides instead of showing it: control and format characters (bidirectional ones and zero-width
 * ones among them), the two line separators that are neither, and halves of surrogate pairs.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const UNSEEN_BUT_NEWLINE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * One value for a person: a name, a reason, who holds a lock. Nothing in it moves the cursor, begins a line or turns the
 * direction of what stands beside it: each such character is shown as `\u{…}`.
 *
 * @param {string} value
 */
export function visible(value) {
  return value.replace(UNSEEN, shown);
}

/**
 * A text of several lines, with the same characters shown, but for the ends of its lines.
 *
 * @param {string} text
 */
export function visibleLines(text) {
  return text.replaceAll('\r\n', '\n').replace(UNSEEN_BUT_NEWLINE, shown);
}

/**
 * JSON on one line. The characters are JSON's own escapes in it, so that who parses it gets the value as it was.
 *
 * @param {unknown} value
 */
export function visibleJson(value) {
  return JSON.stringify(value).replace(UNSEEN, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** @param {string} character */
function shown(character) {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
