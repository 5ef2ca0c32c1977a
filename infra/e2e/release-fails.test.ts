import { afterAll, beforeAll, jest } from '@jest/globals';
import { long } from '../testbed/long-form.ts';
import { ReleaseBed } from '../testbed/release-bed.ts';
import { type CrashSteps, describeCrashes } from './release/crash.suite.ts';
import { describeInterrupts } from './release/interrupt.suite.ts';
import { describeRefusals } from './release/refusals.suite.ts';
import { describeFailedSwapBack } from './release/swap-back.suite.ts';

/** npm test -- long: a kill at each step of a release and of a rollback, a swap back that fails, Ctrl-C after a swap. */
const everyStep: CrashSteps = {
  release: [
    'preflight',
    'stage',
    'migrate',
    'prepare',
    'verify',
    'drain',
    'swap',
    'verify production',
    'watch',
    'record',
  ],
  rollback: ['preflight', 'prepare', 'swap', 'verify production', 'record'],
  stopped: ['stage', 'migrate', 'verify'],
};
const someSteps: CrashSteps = { release: ['prepare', 'swap'], rollback: ['swap'], stopped: [] };

jest.setTimeout(long ? 900_000 : 180_000);

let bed: ReleaseBed;

beforeAll(async () => {
  bed = await ReleaseBed.create();
}, 180_000);

afterAll(() => bed.region.remove(), 60_000);

describeRefusals(() => bed, long);
describeCrashes(() => bed, long ? everyStep : someSteps);
describeInterrupts(() => bed, long);
if (long) describeFailedSwapBack(() => bed);
