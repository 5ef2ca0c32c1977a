// What `pulumi preview --policy-pack infra/policy/pack` starts.
import { PolicyPack } from '@pulumi/policy';
import { housePolicies } from '../house-policies.ts';

new PolicyPack('slipway-house-rules', { policies: housePolicies(), enforcementLevel: 'mandatory' });
