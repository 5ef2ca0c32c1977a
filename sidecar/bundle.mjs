import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * `node sidecar/bundle.mjs DIRECTORY`: the sidecar as its image has it, `main.mjs` and what it loads later in `chunks/`. A start
 * from thousands of small files of its packages takes twice the processor time.
 */
const [directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error('found no directory, expected `node sidecar/bundle.mjs DIRECTORY`');
  process.exit(64);
}
await build({
  entryPoints: [join(import.meta.dirname, 'src/main.ts')],
  outdir: directory,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Packages in CommonJS load Node's own modules with `require`, which a module of ECMAScript does not have.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'warning',
});
await cp(join(import.meta.dirname, 'load-all.mjs'), join(directory, 'load-all.mjs'));
