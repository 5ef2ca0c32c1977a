/** One line of a chart: a value per step of time, and where requests failed. */
export interface Trace {
  readonly title: string;
  readonly values: readonly number[];
  readonly failed: readonly number[];
}

export interface Bars {
  readonly title: string;
  /** In the order of `series`. */
  readonly values: readonly number[];
}

const WIDTH = 760;
const LEFT = 190;
const RIGHT = 20;
const PANEL_HEIGHT = 84;
const BAR_HEIGHT = 16;
const GROUP_GAP = 14;
const TOP = 44;
/** Powers of ten between which waits lie, in milliseconds. */
const decades = [0, 1, 2, 3, 4] as const;

/** Colours that are told apart on white and on black; the text follows the reader's scheme. */
const STYLE = `<style>
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.grid { stroke: #8c959f; stroke-opacity: 0.35; }
.line { fill: none; stroke: #2f81f7; stroke-width: 1.5; }
.failed { fill: #da3633; }
.bar0 { fill: #8c959f; }
.bar1 { fill: #2f81f7; }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3; } }
</style>`;

/** Longest wait by time, one panel for each trace, on one logarithmic scale; red marks are failed requests. */
export function traces(title: string, stepMs: number, all: readonly Trace[]): string {
  const steps = Math.max(...all.map(({ values }) => values.length), 1);
  const x = (step: number): number => LEFT + (step / steps) * (WIDTH - LEFT - RIGHT);
  const panels = all.map((trace, at) => {
    const base = TOP + at * (PANEL_HEIGHT + GROUP_GAP);
    const y = (ms: number): number => base + PANEL_HEIGHT - scale(ms) * PANEL_HEIGHT;
    const points = trace.values.map((value, step) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    const marks = trace.failed.flatMap((count, step) =>
      count > 0 ? [`<rect class="failed" x="${x(step).toFixed(1)}" y="${base}" width="4" height="8"/>`] : [],
    );
    const grid = decades.map((decade) => gridLine(LEFT, WIDTH - RIGHT, y(10 ** decade), `${10 ** decade} ms`));
    return [
      text(12, base + PANEL_HEIGHT / 2, trace.title),
      ...grid,
      `<polyline class="line" points="${points}"/>`,
      ...marks,
    ].join('\n');
  });
  const bottom = TOP + all.length * (PANEL_HEIGHT + GROUP_GAP);
  const seconds = Math.floor((steps * stepMs) / 1000);
  const axis = Array.from({ length: seconds + 1 }, (_, second) =>
    text(x((second * 1000) / stepMs), bottom + 8, `${second} s`),
  );
  return svg(title, bottom + 24, [...panels, ...axis]);
}

/** Groups of horizontal bars on a logarithmic scale of milliseconds, with their values. */
export function bars(title: string, series: readonly string[], groups: readonly Bars[]): string {
  const groupHeight = series.length * BAR_HEIGHT + GROUP_GAP;
  const rows = groups.flatMap((group, at) => {
    const base = TOP + 20 + at * groupHeight;
    const drawn = group.values.map((value, index) => {
      const y = base + index * BAR_HEIGHT;
      const length = Math.max(1, scale(value) * (WIDTH - LEFT - RIGHT - 80));
      return `<rect class="bar${index}" x="${LEFT}" y="${y}" width="${length.toFixed(1)}" height="${BAR_HEIGHT - 3}"/>${text(LEFT + length + 6, y + 11, `${value.toFixed(1)} ms`)}`;
    });
    return [text(12, base + BAR_HEIGHT, group.title), ...drawn];
  });
  const legend = series.map(
    (name, at) =>
      `<rect class="bar${at}" x="${LEFT + at * 170}" y="${TOP - 12}" width="10" height="10"/>${text(LEFT + 16 + at * 170, TOP - 3, name)}`,
  );
  return svg(title, TOP + 20 + groups.length * groupHeight, [...legend, ...rows]);
}

/** 0 for a millisecond, 1 for ten seconds. */
function scale(ms: number): number {
  const most = decades.at(-1) ?? 1;
  return Math.min(1, Math.max(0, Math.log10(Math.max(ms, 1)) / most));
}

function gridLine(from: number, to: number, y: number, label: string): string {
  return `<line class="grid" x1="${from}" x2="${to}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}"/>${text(from - 56, y + 4, label)}`;
}

function text(x: number, y: number, content: string): string {
  return `<text x="${x.toFixed(0)}" y="${y.toFixed(0)}">${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
}

function svg(title: string, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">\n<title>${title}</title>\n${STYLE}\n${text(12, 18, title)}\n${parts.join('\n')}\n</svg>\n`;
}
