import { expect, test } from '@jest/globals';
import type { StackStatus } from '../../operate/stack-status.ts';
import { stackStatusText } from './stack-status-text.ts';

const NOW = new Date('2026-11-29T03:00:00Z');
const slot = { version: null, startedAt: null, instances: null, sidecars: [], media: null };
const well: StackStatus = {
  region: 'prod',
  well: true,
  problems: [],
  slots: { production: slot, staging: slot },
  unreleased: [],
  unasked: [],
};

test('questions that failed for one reason are one line, and what is not known is not called well', () => {
  const refused = { why: '403 AuthorizationFailed', fix: 'take the role' };
  const unasked = [
    { what: 'alerts', ...refused },
    { what: 'sidecars', ...refused },
    { what: 'releases', why: 'no answer within 45 s', fix: 'ask again' },
  ];
  const lines = stackStatusText({ ...well, unasked }, NOW)
    .trimEnd()
    .split('\n');
  expect(lines[0]).toBe('prod: nothing is known to be wrong; 3 questions without an answer, below');
  expect(lines.slice(-4)).toEqual([
    '??  not asked: alerts, sidecars: 403 AuthorizationFailed',
    '    to do: take the role',
    '??  not asked: releases: no answer within 45 s',
    '    to do: ask again',
  ]);
});

test('what is wrong stands before the slots', () => {
  const problem = { check: 'alerts', verdict: 'problem', found: 'app-5xx', fix: 'read it', urgency: 1 } as const;
  const text = stackStatusText({ ...well, well: false, problems: [problem] }, NOW);
  expect(text.split('\n').slice(0, 3)).toEqual([
    'prod: 1 thing is wrong',
    'NO  alerts  app-5xx',
    '            to do: read it',
  ]);
  expect(text.indexOf('production  ')).toBeGreaterThan(text.indexOf('NO  alerts'));
});

test('a slot shows how long its version runs, its instances, and the sidecars that were heard', () => {
  const sidecar = {
    slot: 'production',
    instance: '3fd1a5b2c7e0',
    lastAt: '2026-11-29T02:58:00Z',
    absent: false,
    ready: false,
  };
  const figures = { blobUp: true, pending: 3, oldestSeconds: 4, stuck: 0, conflicts: 0 };
  const production = {
    version: '3f2a91c0d4be',
    startedAt: '2026-11-28T20:10:00Z',
    instances: { ready: 1, all: 2 },
    sidecars: [{ ...sidecar, ...figures }],
    media: null,
  };
  expect(stackStatusText({ ...well, slots: { production, staging: slot } }, NOW)).toContain(
    [
      'production  version 3f2a91c0d4be, since 2026-11-28 20:10 UTC (6 h), 1 of 2 instances ready',
      '            sidecars: 3fd1a5b2 NOT READY, 3 pending, heard 2 min ago',
    ].join('\n'),
  );
});
