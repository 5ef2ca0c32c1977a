import { appendFileSync, readFileSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pdf } from '../../testbed/documents.ts';
import { type MemoryContext, memoryContext } from '../../testbed/memory-context.ts';
import { BlobFailure } from '../blob/failure.ts';
import * as defaults from '../defaults.ts';
import { carryFile } from './carry-file.ts';
import { Counters } from './counters.ts';
import { SecondLooks } from './second-looks.ts';

const AS_IS_MS = 60_000;
const NAME = 'report.csv';

/** A clock of the test's own. The looks are made when the test says so. */
describe('a second look at a foreign file', () => {
  let context: MemoryContext;
  let counters: Counters;
  let looks: SecondLooks;
  let now: number;

  beforeEach(() => {
    now = Date.now();
    context = memoryContext(() => now);
    counters = new Counters(() => now);
    looks = newLooks(context);
  });
  afterEach(() => rmSync(context.folders.root, { recursive: true, force: true }));

  const newLooks = (of: MemoryContext): SecondLooks =>
    new SecondLooks({
      context: of,
      counters,
      log: () => undefined,
      pause: () => Promise.resolve(),
      mayAsk: () => true,
      asIsMs: AS_IS_MS,
    });
  const synced = (name = NAME): string => join(context.folders.synced, name);
  const blob = (name = NAME): string | undefined => context.store.blobs.get(name)?.toString('latin1');
  const carry = async (contents: string | Buffer, name = NAME): Promise<void> => {
    writeFileSync(join(context.folders.outbox, name), contents);
    const outcome = await carryFile(context, name);
    if (outcome.kind !== 'durable') throw new Error(outcome.kind);
    looks.add(name, outcome.synced);
  };
  const lookAfter = async (ms: number): Promise<void> => {
    now += ms;
    await looks.look();
  };
  const [FIRST, SECOND, THIRD] = defaults.LOOKS_AFTER_MS;

  test('a writer that paused goes on: the blob follows at 10 s, 1 min and 10 min', async () => {
    await carry('half');
    for (const [at, after] of [FIRST, SECOND - FIRST, THIRD - SECOND].entries()) {
      appendFileSync(synced(), ` ${at}`);
      await lookAfter(after - 1);
      expect(blob()).not.toContain(String(at));
      await lookAfter(1);
      // It was found changed, and has to stay so for a moment.
      await lookAfter(defaults.SETTLE_MS);
      expect(blob()).toBe(readFileSync(synced(), 'utf8'));
    }
    expect([counters.counts.replaced, counters.counts.conflicts]).toEqual([3, 0]);
  });

  test('a file that does not change is left alone, and forgotten after the last look', async () => {
    await carry('whole');
    const { puts } = context.store;
    for (const after of [FIRST, SECOND - FIRST, THIRD - SECOND]) {
      expect(looks.size).toBe(1);
      await lookAfter(after);
    }
    expect([context.store.puts - puts, looks.size]).toEqual([0, 0]);
  });

  test('an edit in place with its times put back is found', async () => {
    await carry('old contents');
    const { atime, mtime } = statSync(synced());
    writeFileSync(synced(), 'new contents');
    utimesSync(synced(), atime, mtime);
    await lookAfter(FIRST);
    await lookAfter(defaults.SETTLE_MS);
    expect(blob()).toBe('new contents');
  });

  test('an edit between the last check and the move is found, although no time stamp shows it', async () => {
    writeFileSync(join(context.folders.outbox, NAME), 'old');
    const outcome = await carryFile(context, NAME);
    writeFileSync(synced(), 'new');
    const { size, mtimeMs, ctimeMs, ino } = statSync(synced());
    looks.add(NAME, { size, mtimeMs, ctimeMs, ino });
    expect(outcome.kind).toBe('durable');
    await lookAfter(FIRST);
    expect(blob()).toBe('new');
  });

  test('the last look is repeated as long as it finds changes', async () => {
    await carry('a');
    await lookAfter(FIRST);
    await lookAfter(SECOND - FIRST);
    for (const letter of ['b', 'c']) {
      appendFileSync(synced(), letter);
      await lookAfter(THIRD - SECOND);
      await lookAfter(defaults.SETTLE_MS);
      expect(blob()).toContain(letter);
    }
    await lookAfter(THIRD - SECOND);
    expect(looks.size).toBe(0);
  });

  test('while the file goes on changing nothing is uploaded', async () => {
    await carry('a');
    const { puts } = context.store;
    await lookAfter(FIRST);
    for (let at = 0; at < 5; at += 1) {
      appendFileSync(synced(), 'b');
      await lookAfter(SECOND);
    }
    expect(context.store.puts).toBe(puts);
    await lookAfter(defaults.SETTLE_MS);
    expect(blob()).toBe('abbbbb');
  });

  test('what has an end is not replaced before it is there, but after 60 s without change', async () => {
    const whole = pdf();
    await carry(whole, 'a.pdf');
    writeFileSync(synced('a.pdf'), whole.subarray(0, 1_000));
    await lookAfter(FIRST);
    await lookAfter(defaults.SETTLE_MS);
    await lookAfter(defaults.SETTLE_MS);
    expect(blob('a.pdf')).toBe(whole.toString('latin1'));
    await lookAfter(AS_IS_MS);
    expect(blob('a.pdf')?.length).toBe(1_000);
  });

  test('a blob that others made since is kept, and the file is a conflict', async () => {
    await carry('mine');
    context.store.blobs.set(NAME, Buffer.from('theirs'));
    context.store.madeBy.delete(NAME);
    appendFileSync(synced(), ' and more');
    await lookAfter(FIRST);
    await lookAfter(defaults.SETTLE_MS);
    expect([blob(), counters.counts.conflicts]).toEqual(['theirs', 1]);
    expect(readFileSync(join(context.folders.conflicts, NAME), 'utf8')).toBe('mine and more');
    expect(looks.size).toBe(0);
  });

  test('of two instances that find the same change, both end well', async () => {
    await carry('half');
    const other = newLooks(context);
    other.add(NAME, undefined);
    appendFileSync(synced(), ' whole');
    now += FIRST;
    await Promise.all([looks.look(), other.look()]);
    now += defaults.SETTLE_MS;
    await Promise.all([looks.look(), other.look()]);
    expect([blob(), counters.counts.conflicts]).toEqual(['half whole', 0]);
  });

  test('a file whose state is not known, as after a crash, is compared with its blob', async () => {
    await carry('half');
    appendFileSync(synced(), ' whole');
    looks = newLooks(context);
    looks.add(NAME, undefined);
    await lookAfter(FIRST);
    expect(blob()).toBe('half whole');
  });

  test('is made at once before a swap, and says what could not be replaced', async () => {
    await carry('half');
    await carry('same', 'other.csv');
    const { puts } = context.store;
    appendFileSync(synced(), ' whole');
    context.store.head = () => Promise.reject(new BlobFailure('flaky', '500'));
    expect(await looks.lookAtAll()).toEqual([{ name: NAME, reason: expect.stringContaining('500') }]);
    Reflect.deleteProperty(context.store, 'head');
    expect(await looks.lookAtAll()).toEqual([]);
    expect([blob(), context.store.puts - puts]).toEqual(['half whole', 1]);
  });

  test('forgets a file that is no longer there, and the oldest of too many', async () => {
    await carry('x');
    unlinkSync(synced());
    await lookAfter(FIRST);
    expect(looks.size).toBe(0);
    for (let at = 0; at <= defaults.LOOKS_LIMIT; at += 1) looks.add(`file-${at}`, undefined);
    expect([looks.size, looks.has('file-0'), looks.has(`file-${defaults.LOOKS_LIMIT}`)]).toEqual([
      defaults.LOOKS_LIMIT,
      false,
      true,
    ]);
  });
});
