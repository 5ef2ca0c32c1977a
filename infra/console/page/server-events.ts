/** An event of a `text/event-stream`. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

/**
 * The events that the console sends, each with one line of data. A browser's own EventSource reads them too, but sends no header, which
 * is what the key goes in.
 */
export async function* serverEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      // Not by a pattern of lines: for those U+2028, which JSON may have, ends a line.
      const lines = block.split('\n');
      const name = valueOfField(lines, 'event: ');
      const data = valueOfField(lines, 'data: ');
      if (name !== undefined && data !== undefined) yield { name, data };
    }
  }
}

function valueOfField(lines: readonly string[], field: string): string | undefined {
  return lines.find((line) => line.startsWith(field))?.slice(field.length);
}
