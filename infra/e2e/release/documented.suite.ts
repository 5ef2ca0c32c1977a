import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  type DocumentedCommands,
  documentedCommands,
  type Mark,
  markOf,
  printsInOrder,
} from '../../testbed/documented-commands.ts';
import { DocumentedFaults } from '../../testbed/documented-faults.ts';
import { eventually } from '../../testbed/eventually.ts';
import { long } from '../../testbed/long-form.ts';
import { finished } from '../../testbed/region.ts';
import type { ReleaseBed } from '../../testbed/release-bed.ts';

interface Block extends DocumentedCommands {
  readonly mark: Extract<Mark, { where: 'region' }>;
}

const blocks: readonly Block[] = documentedCommands().flatMap((block) => {
  const mark = markOf(block.comment);
  return mark?.where === 'region' && (long || !mark.long) ? [{ ...block, mark }] : [];
});
const pages = [...new Set(blocks.map(({ page }) => page))];

/** Guides and runbooks, typed as they are written. What is live afterwards may be either of the two versions. */
export function describeDocumented(bed: () => ReleaseBed): void {
  describe('commands of the documents', () => {
    // A swap by hand needs a version in either slot.
    beforeAll(async () => {
      const { staging } = (await bed().region.status()).slots;
      if (!staging.deployed) await bed().done('release', '--package', (await bed().variant()).file);
    });

    test.each(pages)('%s: they print what the page says', async (page) => {
      const faults = new DocumentedFaults(bed());
      try {
        for (const block of blocks.filter((each) => each.page === page)) await walk(bed(), faults, block);
      } finally {
        await faults.endAll();
      }
    });
  });
}

async function walk(bed: ReleaseBed, faults: DocumentedFaults, { page, line, commands, mark }: Block): Promise<void> {
  if (mark.repairs !== undefined) await faults.end(mark.repairs);
  if (mark.breaks !== undefined) await faults.make(mark.breaks);
  let shown = '';
  const isPrinted = async (): Promise<boolean> => {
    const { code, stdout, stderr } = await typed(bed, commands);
    shown = `${stdout}\n${stderr}`;
    return code === 0 && printsInOrder(shown, mark.prints);
  };
  const where = `${page}:${line} prints ${mark.prints.join(' … ')}`;
  if (!mark.atLast) {
    const isGood = await isPrinted();
    expect([where, isGood ? '' : shown]).toEqual([where, '']);
    return;
  }
  await eventually(where, isPrinted).catch((error: unknown) => {
    throw new Error(`${String(error)}; at last it printed:\n${shown}`);
  });
}

/** Types the commands in a shell, with the ports and the state directory of this region in place of the defaults. */
function typed({ region }: ReleaseBed, commands: string) {
  const text = commands
    .replace(/^(.*\$\()?npm (start|stop)$/gm, '$1slipway $2')
    .replaceAll('./slipway ', 'slipway ')
    .replace(/127\.0\.0\.1:(8080|8081|8443)\b/g, (_, port) => `127.0.0.1:${region.port + Number(port) - 8080}`)
    .replace(/(?<![\w/.])(?:\.\/)?\.local(?![\w.])/g, region.stateDir);
  const slipway = `slipway() { local name="$1"; shift; node --disable-warning=ExperimentalWarning infra/cli/main.ts "$name" --state '${region.stateDir}' --port ${region.port} "$@"; }`;
  const PATH = `${dirname(process.execPath)}:${process.env.PATH ?? ''}`;
  return finished(
    spawn('bash', ['-e', '-c', `${slipway}\n${text}`], {
      cwd: region.root,
      env: { ...process.env, PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}
