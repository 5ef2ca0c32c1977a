// Loaded into Pulumi's runner before the program.
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';

// Pulumi looks for a source map for each line of each stack trace, of which it takes one per value: a fifth of a run.
// Node strips types in place, so there is no map, and the lines of a trace are right without one.
const ofPulumi = createRequire(import.meta.resolve('@pulumi/pulumi'));
ofPulumi('source-map-support').install = () => undefined;

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
