/**
 * node infra/setup/audit.mjs: asks npm and Composer for known vulnerabilities of what is locked. Exit code 0: none known;
 * 1: vulnerable, with a line for each; 3: an answer could not be had, which says nothing about the packages.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @typedef {{ status: number | null, stdout: string, stderr: string }} Ran
 * @typedef {{ kind: 'clean' } | { kind: 'vulnerable', found: string[] } | { kind: 'unasked', reason: string }} Verdict
 */

/** `npm audit --json`: a report has `vulnerabilities`; without one npm could not ask. @param {Ran} ran @returns {Verdict} */
export function readNpm(ran) {
  const report = parse(ran.stdout);
  const { vulnerabilities } = report;
  if (!isObject(vulnerabilities)) return unasked(ran, report.error?.summary || report.message);
  const found = Object.values(vulnerabilities).map((entry) => `${entry.name} ${entry.range}: ${entry.severity}`);
  return found.length === 0 ? { kind: 'clean' } : { kind: 'vulnerable', found };
}

/** `composer audit --format=json`: a report has `advisories`, a list when empty. @param {Ran} ran @returns {Verdict} */
export function readComposer(ran) {
  const { advisories } = parse(ran.stdout);
  if (advisories === undefined) return unasked(ran);
  const found = Object.entries(advisories).flatMap(([name, list]) =>
    Object.values(list).map((advisory) => `${name} ${advisory.affectedVersions}: ${advisory.title}`),
  );
  return found.length === 0 ? { kind: 'clean' } : { kind: 'vulnerable', found };
}

/** @param {Ran} ran @param {unknown} [reason] @returns {Verdict} */
function unasked({ status, stderr }, reason) {
  const said = typeof reason === 'string' && reason !== '' ? reason : stderr.trim().split('\n').at(-1);
  return { kind: 'unasked', reason: said || `exit code ${status} without a report` };
}

/** @param {string} text @returns {Record<string, any>} */
function parse(text) {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** @param {unknown} value @returns {value is Record<string, any>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param {string} program @param {string[]} args @param {string} folder @returns {Ran} */
function run(program, args, folder) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  return { status, stdout: stdout ?? '', stderr: error?.message ?? stderr };
}

/** Of the pinned versions, in a directory of its own: composer.lock is made from versions.lock. @param {string} folder */
function auditComposer(folder) {
  const copy = mkdtempSync(join(tmpdir(), 'audit-'));
  copyFileSync(join(ROOT, folder, 'composer.json'), join(copy, 'composer.json'));
  copyFileSync(join(ROOT, folder, 'versions.lock'), join(copy, 'composer.lock'));
  const ran = run('composer', ['audit', '--locked', '--format=json', '--no-interaction'], copy);
  rmSync(copy, { recursive: true });
  return readComposer(ran);
}

function main() {
  /** @type {[string, Verdict][]} */
  const verdicts = [
    ['npm', readNpm(run('npm', ['audit', '--json'], ROOT))],
    ['Composer, webapplication', auditComposer('webapplication')],
    ['Composer, infra/release/judge', auditComposer('infra/release/judge')],
  ];
  for (const [name, verdict] of verdicts) {
    if (verdict.kind === 'clean') console.log(`${name}: nothing known`);
    if (verdict.kind === 'unasked') console.log(`${name}: could not be asked: ${verdict.reason}`);
    if (verdict.kind === 'vulnerable') console.log([`${name}: vulnerable`, ...verdict.found].join('\n  '));
  }
  const kinds = verdicts.map(([, { kind }]) => kind);
  process.exitCode = kinds.includes('vulnerable') ? 1 : kinds.includes('unasked') ? 3 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
