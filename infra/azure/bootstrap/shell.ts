/** Lines below a title, which the script says while it works. */
export function section(title: string, lines: readonly string[]): string[] {
  return ['', `# ${title}`, `echo ${quote(`== ${title}`)} >&2`, ...lines];
}

/** A text as one word of bash. */
export function quote(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
