import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '../../testbed/until.ts';
import { JournalFlusher } from './journal-flusher.ts';

describe('the journal', () => {
  let folder: string;
  let app: Server;
  let journal: JournalFlusher;
  let calls = 0;
  /** Calls before each pause. */
  const pauses: number[] = [];
  let endPause = (): void => undefined;
  /** What the web application does with a call; gives the body of its answer. */
  let flush: () => Promise<unknown>;

  const pause = (): Promise<void> => {
    pauses.push(calls);
    return new Promise((resolve) => (endPause = resolve));
  };

  beforeEach(async () => {
    calls = 0;
    pauses.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'slipway-journal-'));
    app = createServer((_request, response) => {
      calls += 1;
      void flush().then((answer) => response.end(JSON.stringify(answer)));
    });
    await new Promise<void>((resolve) => app.listen(join(folder, '.app.sock'), resolve));
    const appUrl = `unix:${join(folder, '.app.sock')}`;
    journal = new JournalFlusher({ folder, appUrl, token: 'token', log: () => undefined, pause });
  });
  afterEach(async () => {
    journal.stop();
    endPause();
    app.closeAllConnections();
    await new Promise((resolve) => app.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  const rows = async (): Promise<string[]> => (await readdir(folder)).filter((name) => !name.startsWith('.'));

  test('is written to its end without a pause, however few rows the web application takes at once', async () => {
    for (let at = 0; at < 25; at += 1) await writeFile(join(folder, `row-${at}.json`), '{}');
    flush = async () => {
      const some = (await rows()).slice(0, 2);
      for (const name of some) await rm(join(folder, name));
      return { written: some.length, left: (await rows()).length };
    };
    void journal.run();
    await until('it pauses', () => pauses.length === 1);
    expect([await rows(), pauses]).toEqual([[], [13]]);
  });

  test('is asked for again only after a pause when nothing was written, or too much is left', async () => {
    await writeFile(join(folder, 'row.json'), '{}');
    flush = () => Promise.resolve({ written: 0, left: 1 });
    void journal.run();
    await until('it pauses', () => pauses.length === 1);
    flush = () => Promise.resolve({ written: 1, left: 1 });
    endPause();
    await until('it pauses again', () => pauses.length === 2);
    expect(pauses).toEqual([1, 51]);
  });
});
