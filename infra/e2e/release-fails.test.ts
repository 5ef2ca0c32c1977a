import { afterAll, beforeAll, jest } from '@jest/globals';
import { long } from '../testbed/long-form.ts';
import { ReleaseBed } from '../testbed/release-bed.ts';
import { type CrashSteps, describeCrashes } from './release/crash.suite.ts';
import { describeDocumented } from './release/documented.suite.ts';
import { describeForeignWriter } from './release/foreign.suite.ts';
import { describeInterrupts } from './release/interrupt.suite.ts';
import { describeLockedMigrations } from './release/locked.suite.ts';
import { describeRefusals } from './release/refusals.suite.ts';
import { describeRotation } from './release/rotation.suite.ts';
import { describeFailedSwapBack } from './release/swap-back.suite.ts';
import { describeWorkers } from './release/workers.suite.ts';

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
const oneStep: CrashSteps = { release: ['swap'], rollback: [], stopped: [] };

jest.setTimeout(900_000);

let bed: ReleaseBed;

beforeAll(async () => {
  bed = await ReleaseBed.create();
});

afterAll(() => bed.region.remove());

describeRefusals(() => bed);
describeCrashes(() => bed, long ? everyStep : oneStep);
describeForeignWriter(() => bed);
describeInterrupts(() => bed);
describeDocumented(() => bed);
if (long) describeFailedSwapBack(() => bed);
if (long) describeLockedMigrations(() => bed);
describeWorkers(() => bed, long ? 20 : 1);
describeRotation(() => bed, long ? 3 : 1);
