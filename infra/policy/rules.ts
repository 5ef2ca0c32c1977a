import { alerting, diagnosed, noNonsense, protectedAndLocked, tagged } from './completeness.ts';
import { destroyable } from './destroy.ts';
import { dependencyOrder } from './order.ts';
import { leftAlone, wantedIsWhole } from './released.ts';
import { rolesUsed } from './roles.ts';
import type { HouseRule } from './rule.ts';
import { identityNotKeys, noPlaintextSecret, noPublicData, noSharedKeys, tlsEverywhere } from './secrecy.ts';
import { sidecarEnvironment, slotsAlike, stickyComplete, warmUp } from './slots.ts';

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
