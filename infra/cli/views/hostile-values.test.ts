import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../azure/doctor/check.ts';
import type { ApplicationWorkers } from '../../lib/application-workers.ts';
import { SlipError } from '../../lib/errors.ts';
import type { RegionStatus, SlotStatus } from '../../local/status.ts';
import type { StackStatus } from '../../operate/stack-status.ts';
import type { MediaState } from '../../release/media/media-state.ts';
import type { ReleaseEvent } from '../../release/phases/steps.ts';
import type { HistoryEntry } from '../../release/store/history.ts';
import { describeOwner } from '../../release/store/owner.ts';
import type { ReleaseSummary } from '../../release/summary.ts';
import { SetupError } from '../../setup/error.mjs';
import { Progress } from '../../setup/progress.mjs';
import { Output } from '../output.ts';
import { historyText } from './history-text.ts';
import { importedText } from './imported-text.ts';
import { LiveLine } from './live-line.ts';
import { mediaText } from './media-text.ts';
import { releaseSummaryText } from './release-summary-text.ts';
import { outcomeLine, ReleaseView } from './release-view.ts';
import { stackLogText } from './stack-log-text.ts';
import { stackStatusText } from './stack-status-text.ts';
import { statusText } from './status-text.ts';

/** A name that clears the screen, begins lines of its own and hides its end. */
const HOSTILE = 'x\u001b[2J\u009b31m\r\nSLIP-FORGED  all is well\n  ✓ swap\u2028\u202etxt.exe\u200b';

class Sink {
  text = '';
  write(text: string): void {
    this.text += text;
  }
}

class TerminalSink extends Sink {
  readonly isTTY = true;
  readonly columns = 500;
}

function mediaOf(value: string): MediaState {
  return {
    pending: 1,
    oldestSeconds: 1,
    synced: 1,
    stuck: [{ name: value, reason: value, seconds: 1 }],
    conflicts: [value],
  };
}

function slotOf(value: string): SlotStatus {
  const processes = { nginx: 1, phpFpm: null, sidecar: 3 };
  const exits = { [value]: [{ at: value, reason: value }] };
  return {
    deployed: true,
    version: value,
    schema: value,
    since: value,
    healthy: false,
    declared: value,
    instances: [{ id: value, processes, ready: true, exits, ...applicationWorkersOf(value) }],
    media: mediaOf(value),
  };
}

function applicationWorkersOf(value: string): ApplicationWorkers {
  const exit = { at: value, reason: value };
  return {
    workers: [{ name: value, pid: null, restarts: 1, lastExit: exit }],
    schedule: [{ entry: value, pid: 1, lastRun: value, lastExit: exit, lastSkip: exit }],
  };
}

function workersOf(value: string): ReleaseSummary['workers'] {
  return { version: value, declared: null, hasWorkers: true, instances: [{ ...applicationWorkersOf(value) }] };
}

function regionOf(value: string): RegionStatus {
  const servers = { mysql: 1, redis: null, blob: 1, front: 1 };
  const downSince = { mysql: null, redis: value, blob: null, front: null };
  const slots = { production: slotOf(value), staging: slotOf(value) };
  return { region: 'local', slots, servers, downSince, pid: 1 };
}

function entryOf(value: string): HistoryEntry {
  return {
    ...{ id: value, kind: 'release', outcome: 'live', version: value, from: value, sha256: value, bytes: 1, ms: 1 },
    ...{ schemaMin: value, schemaMax: value, who: value, command: value, startedAt: value, steps: [], gates: [] },
    requests: { sent: 1, lost: 0 },
    settings: {},
    siteContainers: [],
    smoke: ['/'],
    provides: {},
    source: { commit: value, dirty: true },
  };
}

function summaryOf(value: string): ReleaseSummary {
  const entry = entryOf(value);
  const rollback = { version: value, entry: value, kind: 'swap' } as const;
  const none = { production: null, staging: null };
  const workers = workersOf(value);
  const words = { inProgress: value, findings: value, drift: [value] };
  return { lastRelease: entry, rollback, rows: none, workers, versions: none, ...words };
}

function setUpShows(value: string): string {
  const sink = new Sink();
  const progress = new Progress(sink);
  progress.line(value);
  progress.stop();
  return sink.text;
}

function outputShows(write: (output: Output) => void, json = false): string {
  const sink = new Sink();
  write(new Output(json, sink, sink));
  return sink.text;
}

function liveLineShows(value: string): string {
  const sink = new TerminalSink();
  const line = new LiveLine(() => value, sink);
  line.refresh();
  line.end();
  return sink.text.replaceAll('\r\u001b[2K', '');
}

/** What a release prints for an event, without the times. */
function releaseShows(event: ReleaseEvent): string {
  const written: string[] = [];
  const view = new ReleaseView(new Output(false, new Sink(), new Sink()), { write: (text) => written.push(text) });
  view.listener(event);
  view.end();
  return written.join('');
}

function stackOfValue(value: string): StackStatus {
  const sidecar = { slot: value, instance: value, lastAt: value, absent: false, ready: true, blobUp: true };
  const figures = { pending: 1, oldestSeconds: 1, stuck: 1, conflicts: 1 };
  const overview = { version: value, startedAt: value, instances: { ready: 1, all: 1 }, media: mediaOf(value) };
  const slot = { ...overview, sidecars: [{ ...sidecar, ...figures }] };
  const problem: Finding = { check: value, verdict: 'problem', found: value, fix: value, since: value, page: value };
  const unasked = [{ what: value, why: value, fix: value }];
  const rest = { region: value, well: false, unreleased: [value], unasked, problems: [problem] };
  return { ...rest, slots: { production: slot, staging: slot }, ...summaryOf(value) };
}

function stackLogLine(value: string): string {
  return stackLogText({ line: { at: value, slot: 'staging', process: value, host: value, level: value, line: value } });
}

const outputs: [string, (value: string) => string][] = [
  ['status', (value) => statusText(regionOf(value))],
  ['status: releases', (value) => releaseSummaryText(summaryOf(value))],
  ['status of a stack', (value) => stackStatusText(stackOfValue(value), new Date(0))],
  ['logs of a stack', stackLogLine],
  ['logs of a stack: notes', (value) => stackLogText({ note: value })],
  ['logs of a stack: no answer', (value) => stackLogText({ unasked: { what: value, why: value, fix: value } })],
  ['history', (value) => historyText([entryOf(value)])],
  ['media list', (value) => mediaText('production', mediaOf(value))],
  ['media import', (value) => importedText({ files: 1, bytes: 1, skipped: [{ name: value, reason: value }] })],
  ['the outcome of a release', (value) => outcomeLine(entryOf(value))],
  ['a verified release', (value) => outcomeLine({ ...entryOf(value), outcome: 'verified' })],
  ['a notice of a release', (value) => releaseShows({ event: 'notice', message: value })],
  ['a step of a release', (value) => releaseShows({ event: 'step', step: value, state: 'done', ms: 1, note: value })],
  ['the owner of a lock', (value) => describeOwner({ who: value, command: value, since: value, process: undefined })],
  ['what runs now', liveLineShows],
  ['progress of set-up', setUpShows],
];

describe('what reaches the terminal', () => {
  test.each(outputs)('%s has no control character of a value, and no line more', (_name, show) => {
    const shown = show(HOSTILE);
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(shown.split('\n').length).toBe(show('harmless').split('\n').length);
    expect(shown).toContain('\\u{1b}[2J');
  });

  test.each([
    ['a command', new SlipError('SLIP-LOCAL-LOG', { found: HOSTILE, expected: HOSTILE, fix: 'a\u001b[2Jb' })],
    ['set-up', new SetupError('SLIP-SETUP-NPM', { found: HOSTILE, expected: HOSTILE, fix: 'a\u001b[2Jb' })],
  ])('an error of %s marks the lines that are not its own', (_name, error) => {
    const shown = error.toText();
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(shown).not.toMatch(/^(?:SLIP-FORGED| {2}✓)/m);
    expect(shown).toMatch(/^ {2}\| SLIP-FORGED/m);
  });

  test('a result, a line and JSON pass no control character on, and JSON keeps the value', () => {
    const shown =
      outputShows((output) => output.result({ hostile: HOSTILE }, HOSTILE)) +
      outputShows((output) => output.line(HOSTILE));
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    const json = outputShows((output) => output.result({ hostile: HOSTILE }, ''), true);
    expect(json.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(JSON.parse(json)).toEqual({ hostile: HOSTILE });
  });
});
