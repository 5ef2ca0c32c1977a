import {
  alike,
  diagnosed,
  kept,
  leftAlone,
  noNonsense,
  rolesUsed,
  sidecarEnvironment,
  stickyComplete,
  tagged,
  wantedIsWhole,
  warmUp,
} from './completeness.ts';
import { inOrder } from './order.ts';
import type { HouseRule } from './rule.ts';
import { identityNotKeys, noPlaintextSecret, noPublicData, noSharedKeys, tlsEverywhere } from './secrecy.ts';

/** The rules of this house. */
export const HOUSE_RULES: readonly HouseRule[] = [
  tlsEverywhere,
  noPublicData,
  noSharedKeys,
  identityNotKeys,
  noPlaintextSecret,
  tagged,
  kept,
  diagnosed,
  sidecarEnvironment,
  stickyComplete,
  alike,
  warmUp,
  rolesUsed,
  leftAlone,
  wantedIsWhole,
  noNonsense,
  inOrder,
];
