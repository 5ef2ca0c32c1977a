import { join } from 'node:path';
import { History, lastLive } from '../release/history.ts';
import { release } from '../release/release.ts';
import type { CommonOptions } from './command.ts';
import type { Output } from './output.ts';
import { releaseTarget } from './release-target.ts';
import { ReleaseView } from './release-view.ts';

const root = join(import.meta.dirname, '../..');

/** Releases the checkout as it is when nothing was ever released to this region. Returns the version that is live. */
export async function ensureFirstRelease(options: CommonOptions, output: Output, signal: AbortSignal): Promise<string> {
  const target = await releaseTarget(options);
  const live = lastLive(await new History(target.releases, target.stack).read());
  if (live !== undefined) return live.version;
  const view = new ReleaseView(output);
  try {
    const { version } = await release({
      target,
      origin: {
        kind: 'source',
        directory: join(root, 'webapplication'),
        cacheDir: join(root, '.setup/packages'),
        outDir: join(options.state, 'packages'),
        allowDirty: true,
      },
      to: 'live',
      p95BudgetMs: 1_000,
      // There is no version before it that production could be compared with.
      watch: { seconds: 0, errorShare: 0, p95Ms: 0 },
      command: 'start',
      listener: view.listener,
      signal,
    });
    return version;
  } finally {
    view.end();
  }
}
