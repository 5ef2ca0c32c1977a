import type { ConsoleState } from '../model.ts';
import { age, plural, seconds } from './format.ts';

/** Something that is not as it should be: what it causes, and what to do. */
export interface Problem {
  readonly tone: 'warn' | 'bad';
  readonly title: string;
  readonly text: string;
  /** Where on the page there is more. */
  readonly page: string;
  readonly link: string;
}

const SERVERS = {
  mysql: ['MySQL', 'Images are still made and their rows wait; listings answer 503.'],
  redis: ['Redis', 'Cache routes answer 503; everything else goes on.'],
  blob: ['Blob', 'New images wait in the outbox, and a release is refused until Blob is back.'],
  front: ['The front', 'No slot can be reached.'],
} as const;
const LATE_S = 60;
const SLOTS = ['production', 'staging'] as const;

/** What is wrong, the worst first. */
export function problemsOf(state: Partial<ConsoleState>): readonly Problem[] {
  const found = [...serverProblems(state), ...slotProblems(state), ...mediaProblems(state), ...releaseProblems(state)];
  return found.toSorted((a, b) => Number(a.tone === 'warn') - Number(b.tone === 'warn'));
}

function* serverProblems({ servers, downSince }: Partial<ConsoleState>): Generator<Problem> {
  for (const [name, [label, effect]] of Object.entries(SERVERS)) {
    if (servers?.[name as keyof typeof SERVERS] !== null) continue;
    const since = downSince?.[name as keyof typeof SERVERS] ?? null;
    const title = since === null ? `${label} is down.` : `${label} is down, for ${age(since)}.`;
    const text = `${effect} To do: switch it on, or npm start restarts it.`;
    yield { tone: 'bad', title, text, page: 'faults', link: 'Faults' };
  }
}

function* slotProblems({ slots, health, servers }: Partial<ConsoleState>): Generator<Problem> {
  for (const slot of SLOTS) {
    const status = slots?.[slot];
    if (status === undefined || !status.deployed) continue;
    const tone = slot === 'production' ? 'bad' : 'warn';
    if (!status.healthy) {
      const text =
        'Its processes and their last exits are below, the reason is in its log. To do: ./slipway rollback, or repair and release.';
      yield { tone, title: `The ${slot} slot does not answer.`, text, page: `logs?slot=${slot}`, link: 'Logs' };
      continue;
    }
    if (status.instances.some(({ processes }) => processes.sidecar === null)) {
      const text = 'New images wait in the outbox and telemetry is not sent.';
      yield { tone, title: `The sidecar of ${slot} is down.`, text, page: 'faults', link: 'Faults' };
      continue;
    }
    const known = Object.entries(servers ?? {}).filter(([, pid]) => pid === null);
    const failing = (health?.[slot]?.checks ?? []).filter(({ status: is }) => is === 'fail' || is === 'warn');
    const unexplained = failing.filter(({ name }) => !known.some(([server]) => server === name) && known.length === 0);
    for (const { name, status: is, text } of unexplained) {
      const title = `Health check “${name}” of ${slot} says ${is}.`;
      yield { tone: is === 'fail' ? tone : 'warn', title, text, page: `logs?slot=${slot}`, link: 'Logs' };
    }
  }
}

function* mediaProblems({ slots, rows }: Partial<ConsoleState>): Generator<Problem> {
  for (const slot of SLOTS) {
    const media = slots?.[slot]?.media;
    if (media === null || media === undefined) continue;
    const more = { page: 'media', link: 'Media' };
    if (media.stuck.length > 0) {
      const [first] = media.stuck;
      const text = `${first?.name ?? ''}: ${first?.reason ?? ''}`;
      yield { tone: 'warn', title: `${plural(media.stuck.length, 'file')} stuck in ${slot}.`, text, ...more };
    }
    if (media.conflicts.length > 0) {
      const text = 'Blob has other bytes under the same name; both are kept.';
      yield { tone: 'warn', title: `${plural(media.conflicts.length, 'conflict')} in ${slot}.`, text, ...more };
    }
    if (media.pending > 0 && media.oldestSeconds > LATE_S) {
      const text = `The oldest waits for ${seconds(media.oldestSeconds)}.`;
      yield { tone: 'warn', title: `${plural(media.pending, 'image')} of ${slot} not in Blob yet.`, text, ...more };
    }
    const waiting = rows?.[slot];
    if ((waiting?.refused ?? 0) > 0) {
      const text = 'No listing shows these images; the log of the slot says why.';
      const title = `The database does not take ${plural(waiting?.refused ?? 0, 'row')} of ${slot}.`;
      yield { tone: 'warn', title, text, page: `logs?slot=${slot}`, link: 'Logs' };
    }
    if ((waiting?.oldestSeconds ?? 0) > LATE_S) {
      const text = `${plural(waiting?.waiting ?? 0, 'row')}; no listing shows these images until MySQL takes them.`;
      yield { tone: 'warn', title: `Rows of ${slot} wait for MySQL.`, text, ...more };
    }
  }
}

function* releaseProblems({ inProgress, site, workers, drift }: Partial<ConsoleState>): Generator<Problem> {
  const more = { page: 'releases', link: 'Releases' };
  if (inProgress?.startsWith('left behind')) {
    yield { tone: 'warn', title: 'A command that changes the slots was cut off.', text: inProgress, ...more };
  }
  if (workers?.hasWorkers === true && workers.declared !== workers.version) {
    const text = `Those of ${workers.version} wait: nobody declared it live. To do: ./slipway heal`;
    yield { tone: 'bad', title: 'Workers and schedule of production do not run.', text, ...more };
  }
  if (drift !== undefined && drift !== null && drift.length > 0) {
    const text = `${drift.join('; ')}. A release would undo it without a word: bring it into the program, or release.`;
    yield {
      tone: 'warn',
      title: 'Production is not as the release wrote it.',
      text,
      page: 'settings',
      link: 'Settings',
    };
  }
  for (const slot of site?.stopped ?? []) {
    const text = 'It was stopped through the management plane.';
    yield { tone: slot === 'production' ? 'bad' : 'warn', title: `The ${slot} slot is stopped.`, text, ...more };
  }
}
