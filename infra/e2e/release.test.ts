import { afterAll, beforeAll, jest } from '@jest/globals';
import { ReleaseBed } from './release/bed.ts';
import { describeContract } from './release/contract.suite.ts';
import { describeCrashes } from './release/crash.suite.ts';
import { describeDown } from './release/down.suite.ts';
import { describeInterrupts } from './release/interrupt.suite.ts';
import { describeLoad } from './release/load.suite.ts';
import { describeRefusals } from './release/refusals.suite.ts';
import { describeSettings } from './release/settings.suite.ts';
import { describeFailedSwapBack } from './release/swap-back.suite.ts';

/** SLIPWAY_E2E=long: ten releases and ten rollbacks, twenty bare swaps, a kill at each step, a swap back that fails, Ctrl-C after a swap. */
const long = process.env.SLIPWAY_E2E === 'long';
const everyStep = [
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
];

jest.setTimeout(long ? 900_000 : 180_000);

let bed: ReleaseBed;

beforeAll(async () => {
  bed = await ReleaseBed.create();
}, 180_000);

afterAll(() => bed.region.remove(), 60_000);

describeLoad(() => bed, long ? 10 : 1, long ? 20 : 2);
describeRefusals(() => bed);
describeSettings(() => bed);
describeDown(() => bed);
describeCrashes(() => bed, long ? everyStep : ['prepare', 'swap']);
describeInterrupts(() => bed, long);
if (long) describeFailedSwapBack(() => bed);
describeContract(() => bed);
