import { describe, expect, test } from '@jest/globals';
import type { WantedContainer, WantedMount } from '../../lib/wanted.ts';
import type { Attempt } from './attempt.ts';
import type { Session } from './session.ts';
import { clearPreparation, stage } from './stage.ts';
import { Steps } from './steps.ts';

const sidecar = (image: string): WantedContainer => ({ name: 'sidecar', properties: { image } });

const mount: WantedMount = {
  type: 'AzureBlob',
  protocol: 'Http',
  accountName: 'st',
  shareName: 'media',
  mountPath: '/mounts/media',
};

interface Slot {
  readonly settings: Readonly<Record<string, string>>;
  readonly containers: readonly WantedContainer[];
  readonly stack?: string;
  readonly mounts?: Readonly<Record<string, WantedMount>>;
}

/** Stages a version with the setting A=new and the sidecar image `new`; returns the calls that change the slot. */
async function staged(slot: Slot, deployment: object = { failed: false }, more: object = {}) {
  const { settings, containers, stack = 'PHP|8.4', mounts = {} } = slot;
  const calls: unknown[][] = [];
  const notices: string[] = [];
  const record = (...call: unknown[]) => calls.push(call);
  const appService = {
    slot: async () => ({ preparedFor: undefined, scmHost: 'scm.example' }),
    settings: async () => settings,
    stickyNames: async () => ['SLOT_NAME'],
    replaceSettings: async (next: object) => void record('settings', next),
    refreshReferences: async () => undefined,
    references: async () => [],
    containers: async () => containers,
    putContainer: async ({ name, properties }: WantedContainer) => void record('put', name, properties.image),
    deleteContainer: async (name: string) => void record('delete', name),
    start: async () => ({ stack, startupCommand: 'start' }),
    changeStart: async (start: object) => void record('start', start),
    mounts: async () => mounts,
    replaceMounts: async (next: object) => void record('mounts', next),
    publish: async (host: string, file: string, bytes: number) => {
      record('publish', host, file, bytes);
      return { message: 'it said so', ...deployment };
    },
  };
  const answer = { status: 200, text: '{"version":"new","slot":"staging"}' };
  const session = {
    appService,
    steps: new Steps((event) => event.event === 'notice' && notices.push(event.message)),
    staging: { url: 'https://staging', ask: async () => answer },
    target: {
      limits: { referencesMs: 0, startMs: 60_000, steadyMs: 0 },
      management: { pollMs: 1 },
      imageState: async () => 'there',
    },
  } as unknown as Session;
  const candidate = { version: 'new', bytes: 7, settings: { A: 'new' }, siteContainers: [sidecar('new')], ...more };
  await stage(session, { candidate } as unknown as Attempt, 'new.zip');
  return { calls, notices };
}

describe('staging a version', () => {
  test('writes its settings beside the sticky ones of the slot, its containers, then the package', async () => {
    const slot = { settings: { A: 'old', GONE: '1', SLOT_NAME: 'staging' }, containers: [sidecar('old')] };
    expect((await staged(slot)).calls).toEqual([
      ['settings', { A: 'new', SLOT_NAME: 'staging' }],
      ['put', 'sidecar', 'new'],
      ['publish', 'scm.example', 'new.zip', 7],
    ]);
  });

  test('writes nothing but the package into a slot that has the configuration, since each write restarts it', async () => {
    const slot = { settings: { A: 'new', SLOT_NAME: 'staging' }, containers: [sidecar('new')] };
    expect((await staged(slot)).calls).toEqual([['publish', 'scm.example', 'new.zip', 7]]);
  });

  const same = { settings: { A: 'new', SLOT_NAME: 'staging' }, containers: [sidecar('new')] };

  test('writes the stack and the command that the version was released with, and leaves equal ones alone', async () => {
    const written = ['start', { stack: 'PHP|8.5', startupCommand: 'start' }];
    expect((await staged(same, {}, { stack: 'PHP|8.5', startupCommand: 'start' })).calls).toContainEqual(written);
    const { calls } = await staged(same, {}, { stack: 'PHP|8.4', startupCommand: 'start' });
    expect(calls.map(([what]) => what)).toEqual(['publish']);
  });

  test('writes its mounts whole, equal ones too, because a key may have been renewed', async () => {
    for (const mounts of [{}, { media: mount }, { other: mount }]) {
      const { calls } = await staged({ ...same, mounts }, {}, { mounts: { media: mount } });
      expect(calls).toContainEqual(['mounts', { media: mount }]);
    }
  });

  test('takes away the mounts of a version that has none', async () => {
    expect((await staged({ ...same, mounts: { media: mount } }, {}, { mounts: {} })).calls).toContainEqual([
      'mounts',
      {},
    ]);
    expect((await staged(same, {}, { mounts: {} })).calls.map(([what]) => what)).toEqual(['publish']);
  });

  test('leaves stack, command and mounts as they are for a version whose history does not name them', async () => {
    const { calls } = await staged({ ...same, mounts: { media: mount } });
    expect(calls.map(([what]) => what)).toEqual(['publish']);
  });

  test('deletes a container that the version does not have', async () => {
    const slot = {
      settings: { A: 'new', SLOT_NAME: 'staging' },
      containers: [sidecar('new'), { name: 'other', properties: {} }],
    };
    expect((await staged(slot)).calls).toContainEqual(['delete', 'other']);
  });

  test('is refused when the deployment failed; one of unknown outcome is left to what the slot answers', async () => {
    const slot = { settings: { A: 'new', SLOT_NAME: 'staging' }, containers: [sidecar('new')] };
    await expect(staged(slot, { failed: true })).rejects.toMatchObject({
      code: 'SLIP-RELEASE-DEPLOYMENT',
      detail: { found: 'the deployment failed: it said so' },
    });
    expect((await staged(slot, { failed: false, unknown: true })).notices).toEqual([
      expect.stringContaining('it said so'),
    ]);
  });
});

describe('a preparation that somebody left', () => {
  test.each([
    { preparedFor: 'production', done: ['notice', 'reset'] },
    { preparedFor: undefined, done: [] },
  ])('for $preparedFor: $done', async ({ preparedFor, done }) => {
    const seen: string[] = [];
    const session = {
      appService: { slot: async () => ({ preparedFor }), reset: async () => void seen.push('reset') },
      steps: { notice: () => seen.push('notice') },
      target: { site: { slot: 'staging' } },
    } as unknown as Session;
    await clearPreparation(session);
    expect(seen).toEqual(done);
  });
});
