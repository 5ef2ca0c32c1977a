import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const sources = [
  '{infra,sidecar}/**/*.{ts,mjs,sh}',
  'webapplication/{src,bin,appservice,config,public,migrations}/**/*',
  'slipway',
];
const page = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8');

const isOther = (path: string) => /\bnode_modules\b|\.test\.ts$|\.fixture\.ts$/.test(path);

function codesInSources(): string[] {
  const files = globSync(sources, { cwd: root }).filter(
    (path) => !isOther(path) && statSync(join(root, path)).isFile(),
  );
  const texts = files.map((path) => readFileSync(join(root, path), 'utf8'));
  return [...new Set(texts.flatMap((text) => text.match(/\bSLIP-[A-Z]+-[A-Z0-9]+(?:-[A-Z0-9]+)*/g) ?? []))].sort();
}

const headings = [...page.matchAll(/^### (.+)$/gm)].map((match) => match[1] ?? '');

describe('docs/reference/errors.md', () => {
  test('has a section for every code in the sources, and for no other', () => {
    expect([...headings].sort()).toEqual(codesInSources());
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
