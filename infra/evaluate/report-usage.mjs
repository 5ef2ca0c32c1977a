// Loaded into Pulumi's runner: on exit, what it used goes to file descriptor 3, as JSON.
import { writeSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  try {
    writeSync(3, JSON.stringify({ peakRssMb: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }));
  } catch {
    // Nobody listens any more.
  }
});
