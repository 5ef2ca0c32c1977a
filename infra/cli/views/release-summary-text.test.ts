import { expect, test } from '@jest/globals';
import type { WaitingRows } from '../../release/media/media-state.ts';
import type { ReleaseSummary } from '../../release/summary.ts';
import { releaseSummaryText } from './release-summary-text.ts';

function text(production: WaitingRows | null, workers: ReleaseSummary['workers'] = null): string {
  const nothing = {
    lastRelease: null,
    rollback: null,
    inProgress: null,
    workers,
    versions: { production: null, staging: null },
    findings: null,
    drift: null,
  };
  return releaseSummaryText({ ...nothing, rows: { production, staging: null } });
}

test('rows that wait for the database for more than a minute are shown with their number and age', () => {
  expect(text({ waiting: 11, refused: 0, oldestSeconds: 75.4 })).toContain(
    'rows        production: 11 images are not in the database, the oldest for 75 s\n',
  );
});

test('rows that the database does not take are shown', () => {
  expect(text({ waiting: 0, refused: 2, oldestSeconds: 0 })).toContain(
    'production: 2 images that the database does not',
  );
});

test('what deep health of production finds is shown first, then what has drifted', () => {
  const findings = 'share warn (the share of media is nearly full)';
  const summary = { rows: { production: null, staging: null }, lastRelease: null, rollback: null, inProgress: null };
  const rest = {
    workers: null,
    versions: { production: null, staging: null },
    drift: ['app setting A: changed since the release'],
  };
  expect(releaseSummaryText({ ...summary, ...rest, findings })).toMatch(
    /^health {6}production: share warn \(the share of .*\ndrift {7}production: app setting A: changed since the release\n/,
  );
});

test('workers that nobody declared live are shown, with what to do', () => {
  const workers = { version: 'v2', declared: 'v1', hasWorkers: true, instances: [] };
  expect(text(null, workers)).toContain('those of v2 do not run, nobody declared it live: ./slipway heal');
  expect(text(null, { ...workers, declared: 'v2' })).not.toContain('workers');
  expect(text(null, { ...workers, hasWorkers: false })).not.toContain('workers');
});

test.each([
  { what: 'no rows', rows: { waiting: 0, refused: 0, oldestSeconds: 0 } },
  { what: 'rows that wait for a moment', rows: { waiting: 3, refused: 0, oldestSeconds: 60 } },
  { what: 'a version that does not say their age', rows: { waiting: 3, refused: 0 } },
  { what: 'a slot that cannot be asked', rows: null },
])('$what: nothing is shown', ({ rows }) => {
  expect(text(rows)).not.toContain('rows ');
});
