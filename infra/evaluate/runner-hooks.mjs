// Loaded into Pulumi's runner before the program.
import { writeSync } from 'node:fs';
import { createRequire, Module } from 'node:module';

// Pulumi looks for a source map for each line of each stack trace, of which it takes one per value: a fifth of a run.
// Node strips types in place, so there is no map, and the lines of a trace are right without one.
const ofPulumi = createRequire(import.meta.resolve('@pulumi/pulumi'));
ofPulumi('source-map-support').install = () => undefined;

// Pulumi can turn functions into text, for Lambdas and dynamic providers, and loads npm's resolver, TypeScript and V8's debugger for
// it: a third of a run. A program of resources alone has no use for that.
const unused = (name) => () => {
  throw new Error(`${name} of Pulumi is not available while a program is only evaluated`);
};
replace('runtime/closure/serializeClosure', {
  serializeFunction: unused('serializeFunction'),
  serializeFunctionAsync: unused('serializeFunctionAsync'),
});
replace('runtime/closure/codePaths', { computeCodePaths: unused('computeCodePaths') });
replace('runtime/closure/v8Hooks', { isInitializedAsync: () => Promise.resolve() });

/** @param {string} module @param {Record<string, unknown>} exports */
function replace(module, exports) {
  const id = ofPulumi.resolve(`@pulumi/pulumi/${module}.js`);
  ofPulumi.cache[id] = Object.assign(new Module(id), { exports, loaded: true });
}

// On exit its resource usage is written to file descriptor 3, as JSON.
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  try {
    writeSync(3, JSON.stringify({ peakRssMb: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }));
  } catch {
    // The reader has gone.
  }
});

// Ends when the process that evaluates the program has ended.
process.stdin.on('end', () => process.exit(1));
process.stdin.resume();
process.stdin.unref();
