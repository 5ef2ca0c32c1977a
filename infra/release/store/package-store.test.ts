import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestAzurite } from './azurite.fixture.ts';
import { History, type HistoryEntry } from './history.ts';
import { PackageStore } from './package-store.ts';
import { Seal } from './seal.ts';

const BYTES = 'the bytes of a package';
const stored = { version: 'a', sha256: createHash('sha256').update(BYTES).digest('hex') };
const seal = new Seal('secret', 'stack');
let azurite: TestAzurite;
let container: ContainerClient;
let directory: string;

beforeAll(async () => {
  azurite = await TestAzurite.start();
  container = await azurite.container();
  directory = await mkdtemp(join(tmpdir(), 'slipway-store-'));
});

afterAll(async () => {
  await azurite.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('a stored package', () => {
  test('is written once, and comes back with the same bytes', async () => {
    const file = join(directory, 'a.zip');
    await writeFile(file, BYTES);
    const store = new PackageStore(container);
    expect(await store.put(file, stored)).toBe(true);
    await writeFile(file, 'other bytes');
    expect(await store.put(file, stored)).toBe(false);
    expect(await store.use(stored, (path) => readFile(path, 'utf8'))).toBe(BYTES);
  });

  test('that somebody changed is refused', async () => {
    await container.getBlockBlobClient(`packages/${stored.sha256}.zip`).upload('changed', 7);
    await expect(new PackageStore(container).use(stored, async () => undefined)).rejects.toMatchObject({
      code: 'SLIP-RELEASE-PACKAGE-CHANGED',
    });
  });

  test('that is gone is refused by its version', async () => {
    const gone = { version: 'gone', sha256: '0'.repeat(64) };
    await expect(new PackageStore(container).use(gone, async () => undefined)).rejects.toMatchObject({
      code: 'SLIP-RELEASE-PACKAGE-GONE',
      detail: { found: expect.stringContaining('version gone') },
    });
  });
});

describe('history', () => {
  test('has its lines in order; of a line written twice the later counts', async () => {
    const history = new History(container, 'stack', seal);
    expect(await history.read()).toEqual([]);
    const entry = (id: string, outcome: HistoryEntry['outcome']) => ({ id, outcome }) as HistoryEntry;
    for (const line of [entry('1', 'live'), entry('2', 'abandoned'), entry('2', 'live')]) await history.append(line);
    expect(await history.read()).toEqual([entry('1', 'live'), entry('2', 'live')]);
  });

  test('has none of the lines that others wrote, forged, changed or torn; who looks without the key sees all but the torn', async () => {
    const history = new History(container, 'shared', seal);
    const entry = { id: '1', version: 'a', outcome: 'live', sha256: 'good' } as HistoryEntry;
    await history.append(entry);
    await new History(container, 'shared', new Seal('guess', 'stack')).append({ ...entry, id: '2' });
    const blob = container.getAppendBlobClient('shared/history.jsonl');
    const written = (await blob.downloadToBuffer()).toString();
    const changed = written.split('\n')[0]?.replace('good', 'evil') ?? '';
    for (const line of [`${changed}\n`, '{"id":"3"}\n', '{"torn\n']) await blob.appendBlock(line, line.length);
    expect(await history.read()).toEqual([entry]);
    expect(history.foreignLines).toBe(4);
    expect((await new History(container, 'shared', undefined).read()).map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  test('of one stack is not that of another', async () => {
    expect(await new History(container, 'other', seal).read()).toEqual([]);
  });
});
