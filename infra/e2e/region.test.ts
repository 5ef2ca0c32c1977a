import { afterAll, beforeAll, jest } from '@jest/globals';
import { RegionBed } from '../testbed/region-bed.ts';
import { describeCrash } from './region/crash.suite.ts';
import { describeImages } from './region/images.suite.ts';
import { describeKills } from './region/kill.suite.ts';
import { describeObservability } from './region/observability.suite.ts';
import { describeStart } from './region/start.suite.ts';
import { describeState, describeStop } from './region/state.suite.ts';

/** How often each process is killed: a few times in every run, SLIPWAY_KILLS=50 for the recorded one. */
const kills = Number(process.env.SLIPWAY_KILLS ?? 3);

jest.setTimeout(180_000 + kills * 8_000);

let bed: RegionBed;

beforeAll(async () => {
  bed = await RegionBed.create();
});

afterAll(() => bed.region.remove());

describeObservability(() => bed);
describeImages(() => bed);
describeCrash(() => bed);
describeKills(() => bed, kills);
describeState(() => bed);
describeStart(() => bed);
describeStop(() => bed);
