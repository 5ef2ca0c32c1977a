import { describe, expect, test } from '@jest/globals';
import { InstantClock } from '../../testbed/instant-clock.ts';
import type { AppService } from '../appservice/app-service.ts';
import type { RunningVersion, WebSlot } from '../appservice/web-slot.ts';
import { type HistoryEntry, lastLive } from './history.ts';
import { type ProductionState, productionStateOf } from './production-state.ts';
import { entryNamed, entryToReturnTo, misplacedEntry, wayTo } from './rollback-target.ts';

type Line = Partial<HistoryEntry> & Pick<HistoryEntry, 'id' | 'version'>;

function entry(line: Line): HistoryEntry {
  return { kind: 'release', outcome: 'live', settings: {}, siteContainers: [], ...line } as HistoryEntry;
}

function live(history: readonly HistoryEntry[]): ProductionState {
  const last = lastLive(history);
  if (last === undefined) throw new Error('nothing is live');
  return { version: last.version, entry: last, answers: true };
}

const image = (name: string) => [{ name: 'sidecar', properties: { image: name } }];
const r1 = entry({ id: '1111111', version: 'a' });
const r2 = entry({ id: '2222222', version: 'b', from: 'a', replaced: r1.id });
const r3 = entry({ id: '3333333', version: 'c', from: 'b', replaced: r2.id, kind: 'promote' });
const three = [r1, r2, r3];
const x1 = entry({ id: '4444444', version: 'b', kind: 'rollback', from: 'c', replaced: r3.id, restored: r2.id });

describe('a rollback returns to', () => {
  test('the entry that the live one replaced', () => {
    expect(entryToReturnTo(three, live(three))).toBe(r2);
  });

  test('one further back after a rollback, not to the version that was rolled back from', () => {
    const history = [...three, x1];
    expect(entryToReturnTo(history, live(history))).toBe(r1);
  });

  test('what was live before, after a rollback and another release', () => {
    const history = [...three, x1, entry({ id: '5555555', version: 'd', from: 'b', replaced: x1.id })];
    expect(entryToReturnTo(history, live(history))).toBe(r2);
  });

  test('nothing of releases that were refused', () => {
    const history = [...three, entry({ id: '5555555', version: 'c', from: 'x', outcome: 'refused' })];
    expect(entryToReturnTo(history, live(history))).toBe(r2);
  });

  test.each([
    { what: 'settings', changed: { settings: { A: '1' } } },
    { what: 'site containers', changed: { siteContainers: image('new') } },
  ])('the same version with other $what, when nothing but those were released', ({ changed }) => {
    const again = entry({ id: '5555555', version: 'c', from: 'c', replaced: r3.id, ...changed });
    const history = [...three, again];
    expect(entryToReturnTo(history, live(history))).toBe(r3);
  });

  test('past entries that changed nothing', () => {
    const again = entry({ id: '5555555', version: 'c', from: 'c', replaced: r3.id });
    const history = [...three, again];
    expect(entryToReturnTo(history, live(history))).toBe(r2);
  });

  test('nowhere from the first version, nor from one that history does not know', () => {
    const nothing = expect.objectContaining({ code: 'SLIP-RELEASE-NOTHING-BEFORE' });
    expect(() => entryToReturnTo([r1], live([r1]))).toThrow(nothing);
    expect(() => entryToReturnTo([r1], { version: 'z', entry: undefined, answers: true })).toThrow(nothing);
  });

  test('what `from` says in lines that have no `replaced` yet', () => {
    const old = [
      entry({ id: '1', version: 'a' }),
      entry({ id: '2', version: 'b', from: 'a' }),
      entry({ id: '3', version: 'c', from: 'b' }),
      entry({ id: '4', version: 'b', from: 'c', kind: 'rollback' }),
    ];
    expect(entryToReturnTo(old, live(old)).id).toBe('1');
    const settingsOnly = [...old.slice(0, 3), entry({ id: '4', version: 'c', from: 'c', settings: { A: '1' } })];
    expect(entryToReturnTo(settingsOnly, live(settingsOnly)).id).toBe('3');
  });
});

describe('rollback --to', () => {
  const changed = entry({ id: '5555555', version: 'c', from: 'c', replaced: r3.id, settings: { A: '1' } });
  const back = entry({ id: '6666666', version: 'c', kind: 'rollback', replaced: changed.id, restored: r3.id });
  const history = [...three, changed, back];

  test('a version takes its newest entry that is not live', () => {
    expect(entryNamed(history.slice(0, -1), live(history.slice(0, -1)), 'c')).toBe(r3);
    expect(entryNamed(history, live(history), 'c')).toBe(changed);
    expect(entryNamed(history, live(history), 'b')).toBe(r2);
  });

  test('the beginning of an id takes that entry, of a rollback what it brought back', () => {
    expect(entryNamed(history, live(history), '222222')).toBe(r2);
    expect(entryNamed(history, live(history), back.id)).toBe(r3);
  });

  test('a rollback from before they named what they brought back takes the release of that version', () => {
    const older = entry({ id: '7777777', version: 'b', kind: 'rollback' });
    const newer = entry({ id: '8888888', version: 'b', kind: 'rollback' });
    const lines = [...three, older, r3, newer];
    expect(entryNamed(lines, live(lines), newer.id)).toBe(r2);
  });

  test('what names nothing, or more than one entry, is refused', () => {
    const unknown = expect.objectContaining({ code: 'SLIP-RELEASE-UNKNOWN-VERSION' });
    expect(() => entryNamed(history, live(history), 'z')).toThrow(unknown);
    expect(() => entryNamed(history, live(history), '22222')).toThrow(unknown);
    const twins = [...history, entry({ id: '2222229', version: 'e' })];
    expect(() => entryNamed(twins, live(twins), '222222')).toThrow(/2 entries of history begin with 222222/);
  });
});

describe('what is live', () => {
  const other = entry({ id: '5555555', version: 'c', replaced: r3.id, settings: { A: '1' } });
  const running = { version: 'c' } as RunningVersion;

  test('is decided by the configuration when one version was released with several', () => {
    const history = [...three, other];
    expect(productionStateOf(history, running, { settings: {}, siteContainers: [] })?.entry).toBe(r3);
    expect(productionStateOf(history, running, other)?.entry).toBe(other);
  });

  test('is the newest entry of the version when somebody has changed the configuration by hand', () => {
    expect(productionStateOf([...three, other], running, { settings: { B: '2' }, siteContainers: [] })?.entry).toBe(
      other,
    );
  });

  test('is the entry that was live, not one that was only verified later with the same configuration', () => {
    const verified = entry({ id: '5555555', version: 'c', outcome: 'verified' });
    expect(productionStateOf([...three, verified], running, r3)?.entry).toBe(r3);
    expect(productionStateOf([r1, verified], running, verified)?.entry).toBe(verified);
  });

  test('is what history says while production is down', () => {
    expect(productionStateOf(three, undefined, undefined)).toEqual({ version: 'c', entry: r3, answers: false });
  });

  test('is nothing on an empty region', () => {
    expect(productionStateOf([], undefined, undefined)).toBeUndefined();
  });
});

describe('going back is', () => {
  const entryOfB = entry({ id: '2222222', version: 'b', settings: { A: '1' }, siteContainers: image('i') });

  /** Staging as ARM shows it, and as it answers itself. */
  function staging(
    version: string,
    settings: Record<string, string>,
    containers = image('i'),
    silentFor = 0,
    status = 405,
  ) {
    let asked = 0;
    const slot = {
      version: async () => (asked++ < silentFor ? undefined : { version }),
      ask: async () => ({ status }),
    } as unknown as WebSlot;
    const appService = {
      settings: async () => ({ ...settings, SLOT_NAME: 'staging' }),
      stickyNames: async () => ['SLOT_NAME'],
      containers: async () => containers,
      start: async () => ({ stack: 'PHP|8.4', startupCommand: 'c' }),
      mounts: async () => ({}),
    } as unknown as AppService;
    return wayTo(entryOfB, slot, appService, 'token', { limitMs: 30, pollMs: 2, clock: new InstantClock() });
  }

  test('a swap while staging runs the version with its settings and site containers', async () => {
    expect(await staging('b', { A: '1' })).toBe('swap');
  });

  test('a swap when staging comes back within the limit from the restart that ends a swap', async () => {
    expect(await staging('b', { A: '1' }, image('i'), 3)).toBe('swap');
    expect(await staging('b', { A: '1' }, image('i'), 1000)).toBe('stage');
  });

  test.each([
    { what: 'another version', way: () => staging('c', { A: '1' }) },
    { what: 'no token of now', way: () => staging('b', { A: '1' }, image('i'), 0, 404) },
    { what: 'other settings', way: () => staging('b', { A: '2' }) },
    { what: 'another image of the sidecar', way: () => staging('b', { A: '1' }, image('other')) },
  ])('staging it anew when the slot has $what', async ({ way }) => {
    expect(await way()).toBe('stage');
  });
});

describe('a version that was swapped away by hand', () => {
  const down: ProductionState = { version: 'c', entry: r3, answers: false };
  const inStaging = { version: 'c' } as RunningVersion;

  test('is the live one of history that runs in staging with its configuration, while production is down', () => {
    expect(misplacedEntry(down, inStaging, r3)).toBe(r3);
  });

  test.each([
    { what: 'production answers', found: () => misplacedEntry({ ...down, answers: true }, inStaging, r3) },
    { what: 'staging runs another version', found: () => misplacedEntry(down, { ...inStaging, version: 'b' }, r3) },
    { what: 'staging is down', found: () => misplacedEntry(down, undefined, r3) },
    {
      what: 'staging has other settings',
      found: () => misplacedEntry(down, inStaging, { ...r3, settings: { A: '1' } }),
    },
    { what: 'nothing was live', found: () => misplacedEntry(undefined, inStaging, r3) },
  ])('is none when $what', ({ found }) => {
    expect(found()).toBeUndefined();
  });
});
