import { expect, test } from '@jest/globals';
import type { Annotation } from '../annotation.ts';
import type { HistoryEntry } from '../store/history.ts';
import { markRelease } from './mark-release.ts';

const entry: HistoryEntry = {
  id: 'b9d6f5a0-0000-4000-8000-000000000001',
  kind: 'release',
  outcome: 'live',
  version: 'new',
  from: 'old',
  sha256: '',
  bytes: 1,
  schemaMin: '0',
  schemaMax: '0',
  who: 'ada',
  command: 'release',
  startedAt: '2026-01-02T03:04:05.000Z',
  ms: 20_400,
  steps: [],
  gates: [],
  requests: { sent: 204, lost: 0 },
  settings: { SECRET_LOOKING: 'value' },
  siteContainers: [],
  smoke: ['/'],
  provides: {},
};
const at = new Date('2026-01-02T03:04:20Z');

/** What was annotated, and what was said. */
async function marked(changes: Partial<HistoryEntry>, annotate?: (annotation: Annotation) => Promise<void>) {
  const annotations: Annotation[] = [];
  const notices: string[] = [];
  const target = { annotate: annotate ?? (async (annotation: Annotation) => void annotations.push(annotation)) };
  const steps = { notice: (text: string) => void notices.push(text) };
  await markRelease({ target, steps }, { ...entry, ...changes }, { at, changed: ['LOG_LEVEL'], withinMs: 50 });
  return { annotations, notices };
}

test('a release that went live is marked at its swap, with what it changed by name', async () => {
  const { annotations, notices } = await marked({});
  expect(notices).toEqual([]);
  expect(annotations).toEqual([
    {
      id: entry.id,
      name: 'release of new: live (was old)',
      at,
      properties: {
        version: 'new',
        outcome: 'live',
        from: 'old',
        by: 'ada',
        lost: '0 of 204 requests',
        took: '20.4 s',
        changed: 'LOG_LEVEL',
      },
    },
  ]);
});

test('so is one that was swapped back, with the code of the reason', async () => {
  const error = { code: 'SLIP-RELEASE-WORSE', found: 'worse' } as const;
  const { annotations } = await marked({ outcome: 'swapped-back', error });
  expect(annotations[0]?.properties).toMatchObject({ outcome: 'swapped-back', error: 'SLIP-RELEASE-WORSE' });
});

test.each(['refused', 'verified', 'abandoned'] as const)('what visitors cannot notice is not: %s', async (outcome) => {
  expect((await marked({ outcome })).annotations).toEqual([]);
});

test('a marker that is refused is said, and fails nothing', async () => {
  const { notices } = await marked({}, async () => {
    throw new Error('Application Insights answers 403');
  });
  expect(notices).toEqual([expect.stringContaining('answers 403')]);
});

test('one that is never answered is not waited for', async () => {
  const { notices } = await marked({}, () => new Promise(() => undefined));
  expect(notices).toEqual([expect.stringContaining('no answer within')]);
});
