import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

export interface Line {
  readonly label: string;
  /** A custom property of the style sheet, such as `--production`. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly fill?: boolean;
  readonly dash?: readonly number[];
}

export interface ChartProps {
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  /** Moments that are marked, in seconds since 1970. */
  readonly marks: readonly number[];
  readonly height: number;
  readonly unit: string;
  /** What the chart shows, in words. */
  readonly summary: string;
}

/** A chart over time. It is drawn anew when its size or the theme changes. */
export function Chart(props: ChartProps): VNode {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const build = (): void => {
      plot.current?.destroy();
      plot.current = create(element, latest);
    };
    build();
    const observer = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: latest.current.height }),
    );
    observer.observe(element);
    const theme = matchMedia('(prefers-color-scheme: dark)');
    theme.addEventListener('change', build);
    const attribute = new MutationObserver(build);
    attribute.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      observer.disconnect();
      attribute.disconnect();
      theme.removeEventListener('change', build);
      plot.current?.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData(dataOf(props)), [props.times, props.lines]);
  return html`<div class="chart" role="img" aria-label=${props.summary} ref=${box}></div>` as VNode;
}

function dataOf({ times, lines }: ChartProps): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])] as unknown as uPlot.AlignedData;
}

function create(element: HTMLElement, latest: { readonly current: ChartProps }): uPlot {
  const { lines, height, unit } = latest.current;
  const grid = { stroke: colourOf('--line'), width: 1 };
  const axis = { stroke: colourOf('--muted'), grid, ticks: { show: false }, font: '11px Inter, system-ui, sans-serif' };
  return new uPlot(
    {
      width: element.clientWidth,
      height,
      padding: [8, 26, 0, 0],
      cursor: { points: { size: 6 }, y: false },
      legend: { show: false },
      scales: { x: { time: true }, y: { range: (_, __, most) => [0, Math.max(1, (most ?? 0) * 1.15)] } },
      axes: [
        {
          ...axis,
          space: 90,
          size: 26,
          values: (_, splits) => splits.map((at) => new Date(at * 1000).toLocaleTimeString([], { hour12: false })),
        },
        {
          ...axis,
          size: 54,
          space: 36,
          // A count has no halves.
          values: (_, splits) =>
            splits.map((value) =>
              Number.isInteger(value) ? `${value}${unit}` : unit === '' ? '' : `${value.toFixed(1)}${unit}`,
            ),
        },
      ],
      series: [
        {},
        ...lines.map(({ label, colour, fill, dash }) => ({
          label,
          stroke: colourOf(colour),
          width: 1.75,
          points: { show: false },
          spanGaps: false,
          ...(dash === undefined ? {} : { dash: [...dash] }),
          ...(fill === true ? { fill: translucent(colourOf(colour)) } : {}),
        })),
      ],
      hooks: { draw: [(plot) => drawMarks(plot, latest.current.marks)] },
    },
    dataOf(latest.current),
    element,
  );
}

/** A swap is a line from top to bottom with a flag. */
function drawMarks(plot: uPlot, marks: readonly number[]): void {
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  ctx.save();
  ctx.strokeStyle = colourOf('--accent');
  ctx.fillStyle = colourOf('--accent');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const at of marks) {
    const x = Math.round(plot.valToPos(at, 'x', true));
    if (x < left || x > left + width) continue;
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + height);
    ctx.stroke();
    ctx.textAlign = 'left';
    ctx.font = `${11 * devicePixelRatio}px Inter, system-ui, sans-serif`;
    ctx.fillText('swap', x + 4 * devicePixelRatio, top + 11 * devicePixelRatio);
  }
  ctx.restore();
}

/** The colour a custom property has in the present theme. */
function colourOf(property: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function translucent(colour: string): string {
  return colour.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.12)');
}
