import { expect, test } from '@jest/globals';
import type { Evaluation } from '../evaluate/recorded.ts';
import { assertNoViolation, checkedText, checkRules } from './check.ts';
import type { HouseRule } from './rule.ts';

const NOTHING: Evaluation = {
  stage: 'dev',
  mode: 'update',
  resources: [],
  outputs: {},
  secretOutputs: [],
  packages: [],
  logs: [],
  seconds: 0,
  cpuSeconds: 0,
  peakRssMb: 0,
};
const HOLDS: HouseRule = { name: 'holds', about: 'It holds.', findings: () => [] };
const BROKEN: HouseRule = {
  name: 'broken',
  about: 'It does not.',
  findings: () => [{ resource: 'plan', problem: 'no tag stage' }],
};

test('a violation is shown with its resource, below its rule', () => {
  expect(checkedText(checkRules(NOTHING, [HOLDS, BROKEN]))).toBe(
    'ok  holds: It holds.\nNO  broken: It does not.\n    plan: no tag stage',
  );
});

test('one violated rule is an error, none is not', () => {
  expect(() => assertNoViolation(checkRules(NOTHING, [HOLDS]), 'dev')).not.toThrow();
  expect(() => assertNoViolation(checkRules(NOTHING, [HOLDS, BROKEN]), 'dev')).toThrow(
    expect.objectContaining({ code: 'SLIP-POLICY-VIOLATED', message: expect.stringContaining('1 of 2 rules: broken') }),
  );
});
