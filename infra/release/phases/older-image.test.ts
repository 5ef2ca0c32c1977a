import { expect, test } from '@jest/globals';
import type { HistoryEntry } from '../store/history.ts';
import { olderImage } from './older-image.ts';

const sidecar = (image: string) => [{ name: 'sidecar', properties: { image } }];
const entry = (day: number, image: string, outcome = 'live') =>
  ({
    version: `v${day}`,
    startedAt: `2026-11-0${day}`,
    outcome,
    siteContainers: sidecar(image),
  }) as unknown as HistoryEntry;

const first = entry(1, 'acr/sidecar@sha256:1');
const second = entry(2, 'acr/sidecar@sha256:2');
const entries = [first, second];

test('an image that an earlier release had is said with that release', () => {
  const said = olderImage(entries, second, sidecar('acr/sidecar@sha256:1'));
  expect(said).toContain('older than the one that is live: v1 of 2026-11-01 had it (acr/sidecar@sha256:1)');
});

test.each([
  ['the image that is live', second, 'acr/sidecar@sha256:2'],
  ['an image that nobody had', second, 'acr/sidecar@sha256:3'],
  ['an image that came later', first, 'acr/sidecar@sha256:2'],
  ['any image of a first release', undefined, 'acr/sidecar@sha256:1'],
])('%s is nothing to say', (_, live, image) => {
  expect(olderImage(entries, live, sidecar(image))).toBeUndefined();
});

test('an image that was only tried and refused is not an older one', () => {
  const refused = entry(1, 'acr/sidecar@sha256:0', 'refused');
  expect(olderImage([refused, second], second, sidecar('acr/sidecar@sha256:0'))).toBeUndefined();
});
