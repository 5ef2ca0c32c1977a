import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const repository = join(import.meta.dirname, '../..');
const installed = ['node_modules', 'webapplication/vendor', 'infra/release/judge/vendor', '.setup'];
const MAX_FILES_BYTES = 64 * 1024 * 1024;
const run = promisify(execFile);

/** A clean checkout of its own, as a runner of a pipeline has one; what is installed is shared. */
export class CommittedCheckout {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(): Promise<CommittedCheckout> {
    const checkout = new CommittedCheckout(await mkdtemp(join(tmpdir(), 'sw-commit-')));
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const { stdout } = await run('git', args, { cwd: repository, maxBuffer: MAX_FILES_BYTES });
    for (const file of stdout.split('\0').filter((name) => name !== '')) {
      // One that git knows of may be deleted here.
      await cp(join(repository, file), join(checkout.root, file)).catch(() => undefined);
    }
    for (const folder of installed) await symlink(join(repository, folder), join(checkout.root, folder));
    await checkout.#git('init', '--quiet');
    await writeFile(join(checkout.root, '.git/info/exclude'), installed.map((folder) => `/${folder}\n`).join(''));
    await checkout.#commitAll('What is here');
    return checkout;
  }

  /** Commits a change of one file. */
  async commit(file: string, edit: (text: string) => string): Promise<void> {
    const path = join(this.root, file);
    const before = await readFile(path, 'utf8');
    const after = edit(before);
    if (after === before) throw new Error(`nothing changes in ${file}`);
    await writeFile(path, after);
    await this.#commitAll(`Change ${file}`);
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  async #commitAll(message: string): Promise<void> {
    await this.#git('add', '--all');
    await this.#git('-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '-m', message);
  }

  async #git(...args: readonly string[]): Promise<void> {
    await run('git', [...args], { cwd: this.root, env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null' } });
  }
}
