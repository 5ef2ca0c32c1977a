import { afterAll, beforeAll, jest } from '@jest/globals';
import { ChangedCheckout } from '../testbed/changed-checkout.ts';
import { long } from '../testbed/long-form.ts';
import { TestRegion } from '../testbed/region.ts';
import { describeAccess } from './region/access.suite.ts';
import { describeConsole } from './region/console.suite.ts';
import { describeCrashes } from './region/crash.suite.ts';
import { describeDrill } from './region/drill.suite.ts';
import { describeImages } from './region/images.suite.ts';
import { describeMedia } from './region/media.suite.ts';
import { describeObservability } from './region/observability.suite.ts';
import { describeProgram } from './region/program.suite.ts';
import { describeStart } from './region/start.suite.ts';

jest.setTimeout(900_000);

let checkout: ChangedCheckout;
let region: TestRegion;

beforeAll(async () => {
  checkout = await ChangedCheckout.create();
  region = await TestRegion.create(checkout.root);
  await region.start();
});

afterAll(async () => {
  await region.remove();
  await checkout.remove();
});

describeProgram(() => region);
describeAccess(() => region);
describeImages(() => region);
describeMedia(() => region);
describeObservability(() => region);
describeConsole(() => region);
if (long) describeDrill(() => region);
describeCrashes(() => region);
// Last: it stops the region.
describeStart(() => region);
