import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { slipCodes } from '../lib/codes.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8');

const infra = ['infra/**/*.{ts,mjs,sh}', 'slipway'];
/** The sidecar and the web application know nothing of infra and so have no share in its list. */
const others = ['sidecar/**/*.ts', 'webapplication/{src,bin,appservice,config,public,migrations}/**/*'];

const isProduct = (path: string) => !/\bnode_modules\b|\.test\.ts$|\.fixture\.ts$|infra\/lib\/codes\.ts$/.test(path);

function codesIn(sources: readonly string[]): string[] {
  const files = globSync(sources, { cwd: root }).filter(
    (path) => isProduct(path) && statSync(join(root, path)).isFile(),
  );
  const texts = files.map((path) => readFileSync(join(root, path), 'utf8'));
  return [...new Set(texts.flatMap((text) => text.match(/\bSLIP-[A-Z]+-[A-Z0-9]+(?:-[A-Z0-9]+)*/g) ?? []))].sort();
}

const headings = [...page.matchAll(/^### (.+)$/gm)].map((match) => match[1] ?? '');

test('the list of error codes has each code that infra uses, sorted, and no other', () => {
  expect(slipCodes).toEqual(codesIn(infra));
});

describe('docs/reference/errors.md', () => {
  test('has a section for every code, and for no other', () => {
    expect([...headings].sort()).toEqual([...slipCodes, ...codesIn(others)].sort());
  });

  test('has each code once, under its area, in alphabetical order, with words below it', () => {
    const areas = page.split(/^## /m).slice(1);
    for (const area of areas) {
      const name = /^[A-Z]+/.exec(area)?.[0] ?? '';
      const codes = [...area.matchAll(/^### (.+)$/gm)].map((match) => match[1] ?? '');
      expect(codes.filter((code) => !code.startsWith(`SLIP-${name}-`))).toEqual([]);
      expect(codes).toEqual([...new Set(codes)].sort());
    }
    expect([...page.matchAll(/^### (.+)\n+(?=#|$(?![\s\S]))/gm)].map((match) => match[1])).toEqual([]);
  });
});
