// Loaded into Pulumi's runner before the program.
import { writeSync } from 'node:fs';

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
