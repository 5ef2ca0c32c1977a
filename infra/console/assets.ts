import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

const PAGE = join(import.meta.dirname, 'page');
const require = createRequire(import.meta.url);

/** Packages that the page imports, by the name it imports them under, and the file that is served for each. */
const PACKAGES: Readonly<Record<string, readonly [packageName: string, file: string]>> = {
  preact: ['preact', 'dist/preact.mjs'],
  'preact/hooks': ['preact', 'hooks/dist/hooks.mjs'],
  htm: ['htm', 'dist/htm.mjs'],
  'htm/preact': ['htm', 'preact/index.mjs'],
  uplot: ['uplot', 'dist/uPlot.esm.js'],
  '@dagrejs/dagre': ['@dagrejs/dagre', 'dist/dagre.esm.js'],
};
const FILES: Readonly<Record<string, readonly [packageName: string, file: string]>> = {
  'uplot.css': ['uplot', 'dist/uPlot.min.css'],
  'inter.woff2': ['@fontsource-variable/inter', 'files/inter-latin-wght-normal.woff2'],
};
/** Scripts that are no part of the page's modules. */
const APART = ['enter.ts', 'theme.ts'];
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  woff2: 'font/woff2',
};

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

const importMap = JSON.stringify({
  imports: Object.fromEntries(Object.keys(PACKAGES).map((name) => [name, `/vendor/${fileName(name)}`])),
});

/** The hash by which the page's only inline script, its import map, is allowed. */
const IMPORT_MAP_HASH = createHash('sha256').update(importMap).digest('base64');

export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${IMPORT_MAP_HASH}'`,
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The console's files: its own, whose types are stripped as Node strips ours, and those of the packages it names. */
export class Assets {
  readonly #cache = new Map<string, { readonly changed: number; readonly asset: Asset }>();

  /** Names every module, so that a browser asks for all at once instead of learning of each from the one before. */
  async page(): Promise<string> {
    const [html, files] = await Promise.all([readFile(join(PAGE, 'index.html'), 'utf8'), readdir(PAGE)]);
    const modules = files.filter((name) => /^[a-z-]+\.ts$/.test(name) && !APART.includes(name)).sort();
    const addresses = [
      ...Object.keys(PACKAGES).map((name) => `/vendor/${fileName(name)}`),
      ...modules.map((name) => `/page/${name}`),
    ];
    const preloads = addresses.map((address) => `<link rel="modulepreload" href="${address}">`).join('');
    return html.replace('<!-- import map -->', `<script type="importmap">${importMap}</script>${preloads}`);
  }

  /** Undefined for a path that is none of them. */
  async find(path: string): Promise<Asset | undefined> {
    const [, folder, name = ''] = /^\/(page|vendor)\/([\w.-]+)$/.exec(path) ?? [];
    if (folder === 'page' && /^[a-z-]+\.(ts|css)$/.test(name)) return this.#load(join(PAGE, name));
    if (folder !== 'vendor') return undefined;
    const named = Object.entries(PACKAGES).find(([key]) => fileName(key) === name)?.[1] ?? FILES[name];
    return named === undefined ? undefined : this.#load(join(packageDirectory(named[0]), named[1]));
  }

  async #load(file: string): Promise<Asset | undefined> {
    const stats = await stat(file).catch(() => undefined);
    if (stats === undefined) return undefined;
    const known = this.#cache.get(file);
    if (known?.changed === stats.mtimeMs) return known.asset;
    const bytes = await readFile(file);
    const isTyped = file.endsWith('.ts');
    const body = isTyped ? Buffer.from(stripTypeScriptTypes(bytes.toString('utf8'), { mode: 'strip' })) : bytes;
    const extension = isTyped || /\.m?js$/.test(file) ? 'js' : file.slice(file.lastIndexOf('.') + 1);
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    const asset = { type: TYPES[extension] ?? 'application/octet-stream', body, etag };
    this.#cache.set(file, { changed: stats.mtimeMs, asset });
    return asset;
  }
}

function fileName(specifier: string): string {
  return `${specifier.replaceAll('/', '-').replace('@', '')}.js`;
}

function packageDirectory(name: string): string {
  const directories = (require.resolve.paths(name) ?? []).map((directory) => join(directory, name));
  return directories.find((directory) => existsSync(directory)) ?? name;
}
