import { once } from 'node:events';
import { Schedule } from './schedule.ts';

/**
 * A process of its own, so that nothing else delays the schedule: `process.ts URL PER_SECOND CONNECTIONS`. A line on stdin
 * ends it, and so does the end of whoever started it.
 */
const [url = '', perSecond = '', connections = ''] = process.argv.slice(2);
const schedule = new Schedule({ url, perSecond: Number(perSecond), connections: Number(connections) });
process.stdin.once('end', () => process.exit(1));
await once(process.stdin, 'data');
process.stdout.write(JSON.stringify(await schedule.stop()), () => process.exit(0));
