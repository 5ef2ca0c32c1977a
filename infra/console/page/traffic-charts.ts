import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Traffic, TrafficPoint } from '../model.ts';
import { Chart, type Line } from './chart.ts';

export type Slot = 'production' | 'staging';

export interface Window {
  readonly times: readonly number[];
  readonly points: readonly (TrafficPoint | undefined)[];
}

/** One place per second from `from` to `now`: a second without requests is there, and shows as none. */
export function windowOf(traffic: Traffic | undefined, now: number, seconds: number): Window {
  const bySecond = new Map((traffic?.points ?? []).map((point) => [point.t, point]));
  const until = now - 2;
  const times = Array.from({ length: seconds }, (_, index) => until - seconds + 1 + index);
  return { times, points: times.map((t) => bySecond.get(t)) };
}

export function Legend({ errors = false }: { readonly errors?: boolean }): VNode {
  return html`<span class="legend"><span class="key-production"><i></i>production</span><span class="key-staging"><i></i>staging</span>${errors ? html`<span class="key-bad"><i></i>errors</span>` : null}</span>` as VNode;
}

export function RateChart({
  window,
  swaps,
  height = 180,
}: {
  readonly window: Window;
  readonly swaps: readonly number[];
  readonly height?: number;
}): VNode {
  const lines = useMemo<Line[]>(() => {
    const of = (slot: Slot) => window.points.map((point) => point?.[slot][0] ?? 0);
    return [
      { label: 'production', colour: '--production', values: of('production'), fill: true },
      { label: 'staging', colour: '--staging', values: of('staging') },
    ];
  }, [window]);
  const most = Math.max(0, ...window.points.map((point) => point?.production[0] ?? 0));
  return html`<${Chart} times=${window.times} lines=${lines} marks=${swaps} height=${height} unit="" summary="Requests per second by slot; production at most ${most}, ${swaps.length} swaps" />` as VNode;
}

export function LatencyChart({
  window,
  swaps,
  slot,
}: {
  readonly window: Window;
  readonly swaps: readonly number[];
  readonly slot: Slot;
}): VNode {
  const lines = useMemo<Line[]>(() => {
    const of = (index: 2 | 3) =>
      window.points.map((point) => (point === undefined || point[slot][0] === 0 ? null : point[slot][index]));
    return [
      { label: 'p50', colour: `--${slot}`, values: of(2), fill: true },
      { label: 'p99', colour: '--warn', values: of(3) },
    ];
  }, [window, slot]);
  return html`<${Chart} times=${window.times} lines=${lines} marks=${swaps} height=${180} unit=" ms" summary="Response time of ${slot}, p50 and p99 in milliseconds" />` as VNode;
}

export function ErrorChart({ window, swaps }: { readonly window: Window; readonly swaps: readonly number[] }): VNode {
  const lines = useMemo<Line[]>(() => {
    const of = (slot: Slot) => window.points.map((point) => point?.[slot][1] ?? 0);
    return [
      { label: 'production', colour: '--bad', values: of('production'), fill: true },
      { label: 'staging', colour: '--staging', values: of('staging') },
    ];
  }, [window]);
  return html`<${Chart} times=${window.times} lines=${lines} marks=${swaps} height=${120} unit="" summary="Answers with status 5xx per second by slot" />` as VNode;
}

export interface Totals {
  readonly requests: number;
  readonly errors: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

/** Of the last ten seconds with requests: what a person would call “now”; and sums of the whole window. */
export function totalsOf({ points }: Window, slot: Slot): Totals {
  const seen = points.map((point) => point?.[slot] ?? ([0, 0, 0, 0] as const));
  const recent = seen.slice(-10);
  const busy = recent.filter(([requests]) => requests > 0);
  const mean = (index: 2 | 3): number =>
    busy.length === 0 ? 0 : busy.reduce((sum, second) => sum + second[index], 0) / busy.length;
  return {
    requests: seen.reduce((sum, [requests]) => sum + requests, 0),
    errors: seen.reduce((sum, [, errors]) => sum + errors, 0),
    rate: recent.reduce((sum, [requests]) => sum + requests, 0) / Math.max(1, recent.length),
    p50: mean(2),
    p99: mean(3),
  };
}
