import { afterAll, beforeAll, jest } from '@jest/globals';
import { long } from '../testbed/long-form.ts';
import { ReleaseBed } from '../testbed/release-bed.ts';
import {
  describeLoneScript,
  describeSmallApplication,
  describeSymfony,
  describeWordPressShape,
} from './release/applications.suite.ts';
import { describeConsolePage } from './release/console-page.suite.ts';
import { describeContract, describeEarlyContract } from './release/contract.suite.ts';
import { describeBack, describeDown } from './release/down.suite.ts';
import { describeEmptyProduction } from './release/empty.suite.ts';
import { describeLaravel } from './release/laravel.suite.ts';
import { describeLoad } from './release/load.suite.ts';
import { describePipeline } from './release/pipeline.suite.ts';
import { describePromote, describeSettings, describeStored } from './release/settings.suite.ts';

/** One story on one region: each chapter begins with the versions that the one before left, so that no release is made only to begin. */
jest.setTimeout(900_000);

let bed: ReleaseBed;

beforeAll(async () => {
  bed = await ReleaseBed.create();
});

afterAll(() => bed.region.remove());

describeEmptyProduction(() => bed);
describeLoad(() => bed, long ? 10 : 1, long ? 20 : 2);
describePipeline(() => bed);
describeSettings(() => bed);
describePromote(() => bed);
describeEarlyContract(() => bed);
describeStored(() => bed);
describeDown(() => bed);
describeContract(() => bed);
describeBack(() => bed);
describeLoneScript(() => bed);
if (long) describeSmallApplication(() => bed);
if (long) describeWordPressShape(() => bed);
if (long) describeSymfony(() => bed);
if (long) describeLaravel();
if (long) describeConsolePage();
