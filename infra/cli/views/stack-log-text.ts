import { visible } from '../../lib/visible.mjs';
import type { StackLogEvent } from '../../operate/stack-logs.ts';

/** A line as `02:13:07.211 production app  …`; what is no line begins with `==`. */
export function stackLogText(event: StackLogEvent): string {
  if ('note' in event) return visible(`== ${event.note}`);
  if ('unasked' in event) {
    const { what, why, fix } = event.unasked;
    return `== ${visible(`${what} could not be asked: ${why}`)}\n== ${visible(`to do: ${fix}`)}`;
  }
  const { at, slot, process, host, line } = event.line;
  const head = [timeOf(at), slot, host, process].filter((part) => part !== '');
  return visible(`${head.join(' ')}  ${line}`);
}

function timeOf(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? '' : new Date(time).toISOString().slice(11, 23);
}
