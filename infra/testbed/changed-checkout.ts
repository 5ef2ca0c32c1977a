import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const repository = join(import.meta.dirname, '../..');
const installed = ['node_modules', 'webapplication/vendor', 'infra/release/judge/vendor', '.setup'];
const SETTINGS = 'infra/program/components/web/app-settings.ts';
const MAX_FILES_BYTES = 64 * 1024 * 1024;

/** The name that `ChangedCheckout` gives to its app setting, whose value is a path below `/home`. */
export const addedSetting = { name: 'ADDED_BY_TEST', value: '/home/added' };

/** A copy of this checkout whose program has one more app setting; what is installed is shared. */
export class ChangedCheckout {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(): Promise<ChangedCheckout> {
    const root = await mkdtemp(join(tmpdir(), 'sw-checkout-'));
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const { stdout } = await promisify(execFile)('git', args, { cwd: repository, maxBuffer: MAX_FILES_BYTES });
    for (const file of stdout.split('\0').filter((name) => name !== '')) {
      // One that git knows of may be deleted here.
      await cp(join(repository, file), join(root, file), { recursive: false }).catch(() => undefined);
    }
    for (const folder of installed) await symlink(join(repository, folder), join(root, folder));
    const file = join(root, SETTINGS);
    const before = await readFile(file, 'utf8');
    const after = before.replace(
      /(\n\s*)FPM_MAX_CHILDREN:/,
      `$1${addedSetting.name}: '${addedSetting.value}',$1FPM_MAX_CHILDREN:`,
    );
    if (after === before) throw new Error(`${SETTINGS} has no FPM_MAX_CHILDREN to stand before`);
    await writeFile(file, after);
    return new ChangedCheckout(root);
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
