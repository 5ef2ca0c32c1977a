import type { Policies, ResourceValidationPolicy, StackValidationPolicy } from '@pulumi/policy';
import { diagnosed } from './completeness.ts';
import { destroyable } from './destroy.ts';
import { previewed } from './preview.ts';
import { wantedIsWhole } from './released.ts';
import { rolesUsed } from './roles.ts';
import type { HouseRule } from './rule.ts';
import { HOUSE_RULES } from './rules.ts';
import { noPlaintextSecret } from './secrecy.ts';

/**
 * Rules on what Pulumi shows no policy: which inputs are secret, ids, outputs of the stack, `deletedWith`.
 * `slipway resources --check` checks them.
 */
export const NOT_AT_PREVIEW: readonly HouseRule[] = [
  noPlaintextSecret,
  diagnosed,
  rolesUsed,
  wantedIsWhole,
  destroyable,
];

/** The rules of the house as policies of one pack. */
export function housePolicies(): Policies {
  // A stack policy is shown outputs; the rules are on inputs, which only a resource policy is shown, and earlier.
  const inputs = new Map<string, unknown>();
  const reader: ResourceValidationPolicy = {
    name: 'inputs',
    description: "Reads every resource's inputs for the other policies.",
    validateResource: ({ urn, props }) => void inputs.set(urn, withoutProxy(props)),
  };
  const rules = HOUSE_RULES.filter((rule) => !NOT_AT_PREVIEW.includes(rule));
  return [reader, ...rules.map((rule) => stackPolicy(rule, inputs))];
}

function stackPolicy(rule: HouseRule, inputs: ReadonlyMap<string, unknown>): StackValidationPolicy {
  return {
    name: rule.name.replaceAll(/[^A-Za-z]+/g, '-').toLowerCase(),
    displayName: rule.name,
    description: rule.about,
    validateStack: ({ resources }, report) => {
      const evaluation = previewed(
        resources
          .filter(({ urn }) => inputs.has(urn))
          .map(({ type, name, urn, opts, dependencies }) => ({
            ...{ type, name, urn, inputs: inputs.get(urn), protect: opts.protect, ignoreChanges: opts.ignoreChanges },
            dependencies: dependencies.map((each) => each.urn),
          })),
      );
      for (const { resource, problem } of rule.findings(evaluation)) report(`${resource}: ${problem}`);
    },
  };
}

/** Pulumi's proxy throws at the first unknown value; the rules know what is unknown. */
function withoutProxy(props: Record<string, unknown>): unknown {
  return props.__isSpecialProxy === true ? props.__getSpecialProxyTarget : props;
}
