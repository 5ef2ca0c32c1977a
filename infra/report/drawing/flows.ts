import type { Drawing } from './drawing.ts';

/** Steps of a release, as `steps.run` names them in infra/release; a test compares. */
export const RELEASE_STEPS = [
  { name: 'build', detail: 'one package from the commit' },
  { name: 'preflight', detail: 'lock, settings, identity, Blob' },
  { name: 'stage', detail: 'package, settings and sidecar\nto staging' },
  { name: 'migrate', detail: 'expand only, judged before' },
  { name: 'prepare', detail: "production's sticky settings" },
  { name: 'verify', detail: 'health, smoke, an image\nthrough Blob, p95' },
  { name: 'drain', detail: 'outbox, workers' },
  { name: 'swap', detail: 'requests in flight finish' },
  { name: 'verify production', detail: 'it answers as staging did' },
  { name: 'watch', detail: 'beside the old version' },
  { name: 'record', detail: 'history, rollback target' },
] as const;
const SWAP = 7;

/** A release from the commit to the history, and the two ways out of it. */
export function releaseDrawing(): Drawing {
  const id = (index: number) => `s${index}`;
  return {
    title: 'A release',
    description:
      'Build, preflight, stage, migrate, prepare, verify and drain touch staging only; a gate that refuses leaves production untouched. After the swap production is verified and watched, and is swapped back when it is worse.',
    groups: [
      { id: 'before', label: 'production untouched' },
      { id: 'after', label: 'production has the new version' },
    ],
    nodes: [
      ...RELEASE_STEPS.map(({ name, detail }, index) => ({
        id: id(index),
        label: name,
        detail,
        kind: 'step' as const,
        within: index < SWAP ? 'before' : 'after',
      })),
      { id: 'refused', label: 'refused', detail: 'staging is reset', kind: 'person' },
      { id: 'back', label: 'swapped back', detail: 'the old version, its settings', kind: 'person' },
    ],
    arrows: [
      ...RELEASE_STEPS.slice(1).map((_, index) => ({ from: id(index), to: id(index + 1) })),
      { from: id(5), to: 'refused', label: 'a gate says no', dashed: true },
      { from: id(9), to: 'back', label: 'worse than the\nold version', dashed: true },
    ],
  };
}

/** An image from PHP to Blob and back to a visitor. */
export function mediaDrawing(): Drawing {
  return {
    title: 'Media, from PHP to Blob and back',
    description:
      'PHP writes into the outbox on /home, the sidecar uploads and verifies, then renames to synced. A reader gets the first of outbox, synced, mount and read-through from Blob.',
    groups: [{ id: 'home', label: '/home, moves with the slot' }],
    nodes: [
      { id: 'post', label: 'POST /api/generate-image', kind: 'person' },
      { id: 'php', label: 'PHP', detail: 'writes, fsyncs, renames', kind: 'part' },
      { id: 'outbox', label: 'media/outbox', detail: 'not durable yet', kind: 'store', within: 'home' },
      { id: 'synced', label: 'media/synced', detail: 'in Blob; goes after 24 h', kind: 'store', within: 'home' },
      { id: 'sidecar', label: 'sidecar', detail: 'uploads, verifies length and MD5', kind: 'part' },
      { id: 'blob', label: 'Blob', detail: 'versions, soft delete', kind: 'store' },
      {
        id: 'get',
        label: 'GET /media/NAME',
        detail: 'outbox, synced, mount, then\nthrough the sidecar: first hit',
        kind: 'person',
      },
    ],
    arrows: [
      { from: 'post', to: 'php' },
      { from: 'php', to: 'outbox', label: '1' },
      { from: 'php', to: 'sidecar', label: '2 carry, waits' },
      { from: 'outbox', to: 'sidecar', label: '3' },
      { from: 'sidecar', to: 'blob', label: '4 PUT, If-None-Match: *' },
      { from: 'outbox', to: 'synced', label: '5 rename' },
      { from: 'outbox', to: 'get', dashed: true },
      { from: 'synced', to: 'get', dashed: true },
      { from: 'blob', to: 'get', label: 'mount, read-through', dashed: true },
    ],
  };
}
