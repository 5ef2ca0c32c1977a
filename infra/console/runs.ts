import { parseObject, textOf } from '../lib/json.ts';
import type { JournalLine } from '../release/journal.ts';
import type { Run, RunStep } from './model.ts';

const RUNS_KEPT = 12;
const NOTICES_KEPT = 50;

/** The runs that the lines of a journal tell of, the newest last. A line that was cut off is left out. */
export function runsOf(lines: readonly string[], before: readonly Run[] = []): readonly Run[] {
  const runs = new Map(before.map((run) => [run.id, run]));
  for (const line of lines) {
    const parsed = parseObject(line);
    const id = textOf(parsed, 'run');
    if (id === '' || typeof parsed.event !== 'string') continue;
    const entry = parsed as unknown as JournalLine;
    const next = entry.event === 'begin' ? begun(entry) : after(runs.get(id), entry);
    if (next !== undefined) runs.set(id, next);
  }
  return [...runs.values()].slice(-RUNS_KEPT);
}

/** Runs whose process is gone without an end were cut off: the next command heals what they left. */
export function withoutDead(runs: readonly Run[], isAlive: (pid: number) => boolean, now: string): readonly Run[] {
  return runs.map((run) =>
    run.endedAt !== null || isAlive(run.pid) ? run : { ...run, endedAt: now, outcome: 'abandoned' },
  );
}

function begun({ run, time, command, who, pid }: JournalLine & { event: 'begin' }): Run {
  return {
    id: run,
    command,
    who,
    pid,
    startedAt: time,
    endedAt: null,
    steps: [],
    notices: [],
    outcome: null,
    version: null,
    error: null,
  };
}

function after(run: Run | undefined, line: JournalLine): Run | undefined {
  if (run === undefined) return undefined;
  switch (line.event) {
    case 'step':
      return { ...run, steps: withStep(run.steps, line) };
    case 'gate': {
      const { gate: name, passed, ms, code = null } = line;
      return { ...run, steps: changed(run.steps, (step) => ({ gates: [...step.gates, { name, passed, ms, code }] })) };
    }
    case 'progress':
      return { ...run, steps: changed(run.steps, () => ({ note: line.message })) };
    case 'notice':
      return { ...run, notices: [...run.notices, line.message].slice(-NOTICES_KEPT) };
    case 'end':
      return 'error' in line
        ? { ...run, endedAt: line.time, error: line.error, outcome: 'refused' }
        : { ...run, endedAt: line.time, outcome: line.outcome, version: line.version };
    default:
      return undefined;
  }
}

function withStep(steps: readonly RunStep[], line: JournalLine & { event: 'step' }): readonly RunStep[] {
  if (line.state === 'started') {
    const started = {
      name: line.step,
      state: 'running',
      startedAt: line.time,
      ms: null,
      note: '',
      code: null,
    } as const;
    return [...steps, { ...started, gates: [] }];
  }
  const index = steps.findLastIndex(({ name, state }) => name === line.step && state === 'running');
  const note = line.state === 'done' ? (line.note ?? '') : '';
  const code = line.state === 'failed' ? (line.code ?? null) : null;
  return steps.map((step, at) => (at === index ? { ...step, state: line.state, ms: line.ms, note, code } : step));
}

/** Changes the step that runs: the newest. */
function changed(steps: readonly RunStep[], change: (step: RunStep) => Partial<RunStep>): readonly RunStep[] {
  return steps.map((step, index) => (index === steps.length - 1 ? { ...step, ...change(step) } : step));
}
