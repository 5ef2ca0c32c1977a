import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { listOf, parseObject } from '../../lib/json.ts';
import type { WebSlot } from '../appservice/web-slot.ts';

const ROUTE = '/_slipway/release/files';
/** The agent takes no more at once. */
const PATHS_PER_QUESTION = 1_000;
const TIMEOUT_MS = 300_000;

export interface FirstFiles {
  /** Directory of the application. */
  readonly directory: string;
  /** Files of its tree that lie in shared media, relative. */
  readonly paths: readonly string[];
}

interface Bringing {
  readonly slot: WebSlot;
  readonly token: string;
  readonly onProgress: (message: string) => void;
}

/** Puts what the tree brings of shared media on the share, and returns how many files were not there. None is written over. */
export async function bringFirstFiles({ directory, paths }: FirstFiles, to: Bringing): Promise<number> {
  const { slot, token, onProgress } = to;
  let brought = 0;
  for (let from = 0; from < paths.length; from += PATHS_PER_QUESTION) {
    const asked = paths.slice(from, from + PATHS_PER_QUESTION);
    const seen = await slot.ask(ROUTE, { method: 'POST', token, body: { paths: asked } });
    if (seen.status !== 200) throw notBrought(asked[0] ?? '', seen.status ?? seen.reason);
    for (const path of listOf(parseObject(seen.text), 'missing').map(String)) {
      onProgress(`bringing ${path} to the share`);
      const bytes = await readFile(join(directory, path));
      const put = await slot.ask(`${ROUTE}?path=${encodeURIComponent(path)}`, {
        method: 'PUT',
        token,
        bytes,
        timeoutMs: TIMEOUT_MS,
      });
      if (put.status !== 200 && put.status !== 201) throw notBrought(path, put.status ?? put.reason);
      brought += put.status === 201 ? 1 : 0;
    }
  }
  return brought;
}

function notBrought(path: string, answer: number | string | undefined): SlipError {
  return new SlipError('SLIP-RELEASE-MEDIA', {
    found: `${path} of the tree cannot be put on the share: staging answers ${answer}`,
    expected: 'room for the files that the tree brings in its directories of shared media',
    fix:
      answer === 507
        ? 'raise slipway:media.shareGb and run `pulumi up`'
        : 'see the logs of the slot, then repeat the command',
  });
}
