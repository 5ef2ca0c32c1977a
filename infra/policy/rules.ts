import {
  alerting,
  diagnosed,
  leftAlone,
  noNonsense,
  protectedAndLocked,
  rolesUsed,
  sidecarEnvironment,
  slotsAlike,
  stickyComplete,
  tagged,
  wantedIsWhole,
  warmUp,
} from './completeness.ts';
import { destroyable } from './destroy.ts';
import { dependencyOrder } from './order.ts';
import type { HouseRule } from './rule.ts';
import { identityNotKeys, noPlaintextSecret, noPublicData, noSharedKeys, tlsEverywhere } from './secrecy.ts';

/** Every rule, checked by tests over all stages. */
export const HOUSE_RULES: readonly HouseRule[] = [
  tlsEverywhere,
  noPublicData,
  noSharedKeys,
  identityNotKeys,
  noPlaintextSecret,
  tagged,
  protectedAndLocked,
  diagnosed,
  sidecarEnvironment,
  stickyComplete,
  slotsAlike,
  warmUp,
  rolesUsed,
  leftAlone,
  wantedIsWhole,
  noNonsense,
  alerting,
  dependencyOrder,
  destroyable,
];
