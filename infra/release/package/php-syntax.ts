import { join } from 'node:path';
import { SlipError } from '../../lib/errors.ts';
import { cleanEnvironment, runProgram } from '../../lib/run-program.ts';
import { readApplication } from '../app/application.ts';
import { readSourceTree } from './source-tree.ts';

const checker = join(import.meta.dirname, 'check-syntax.php');
const CHECK_TIMEOUT_MS = 60_000;
/** Tests and code generators keep PHP that is broken on purpose. */
const MAY_BE_BROKEN = /(^|\/)(tests?|fixtures?|stubs?)\//i;

export interface PhpSyntaxError {
  readonly file: string;
  readonly error: string;
}

/** The PHP files of a source tree that PHP itself cannot parse. */
export async function findSyntaxErrors(source: string): Promise<readonly PhpSyntaxError[]> {
  const { include } = await readApplication(source);
  const tree = await readSourceTree({ source, include, without: ['vendor', 'node_modules'] });
  const files = tree.files
    .map((file) => file.path)
    .filter((path) => path.endsWith('.php') && !MAY_BE_BROKEN.test(path));
  if (files.length === 0) return [];
  const result = await runProgram({
    program: 'php',
    args: ['-d', 'display_errors=stderr', checker, ...files],
    cwd: source,
    environment: cleanEnvironment(process.env, {}),
    timeoutMs: CHECK_TIMEOUT_MS,
  });
  if (result.code === 0) return JSON.parse(result.stdout) as PhpSyntaxError[];
  throw new SlipError('SLIP-RELEASE-PHP', {
    found: result.missing ? 'the program php is not installed' : `php failed: ${result.stderr.trim()}`,
    expected: 'PHP 8.2 or newer with its tokenizer on PATH',
    fix: 'run `npm start` once, or install php-cli',
  });
}
