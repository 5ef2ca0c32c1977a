import { afterAll, beforeAll, jest } from '@jest/globals';
import { long } from '../testbed/long-form.ts';
import { ReleaseBed } from '../testbed/release-bed.ts';
import { describeContract } from './release/contract.suite.ts';
import { describeDown } from './release/down.suite.ts';
import { describeForeignWriter } from './release/foreign.suite.ts';
import { describeLoad } from './release/load.suite.ts';
import { describeSettings } from './release/settings.suite.ts';

/** npm test -- long: ten releases and ten rollbacks, twenty bare swaps. */

jest.setTimeout(long ? 900_000 : 180_000);

let bed: ReleaseBed;

beforeAll(async () => {
  bed = await ReleaseBed.create();
}, 180_000);

afterAll(() => bed.region.remove(), 60_000);

describeLoad(() => bed, long ? 10 : 1, long ? 20 : 2);
describeSettings(() => bed);
describeDown(() => bed);
describeForeignWriter(() => bed);
describeContract(() => bed);
