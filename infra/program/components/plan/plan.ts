import { AutoscaleSetting } from '@pulumi/azure-native/monitor/autoscaleSetting.js';
import { AppServicePlan } from '@pulumi/azure-native/web/appServicePlan.js';
import { ComponentResource, type Output } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import { resourceNames } from '../../base/naming.ts';
import type { DiagnosticSource, DiagnosticTarget } from '../diagnostics/diagnostics.ts';
import { autoscaleProfiles } from './autoscale-profiles.ts';
import { PLAN_SKUS } from './plan-sizes.ts';

/** The App Service plan: the workers that both slots run on. */
export class Plan extends ComponentResource implements DiagnosticSource {
  readonly id: Output<string>;
  readonly autoscaleId: Output<string> | undefined;
  readonly diagnosticTargets: readonly DiagnosticTarget[];

  constructor(context: Context, group: Output<string>) {
    super('slipway:program:Plan', 'plan');
    this.id = this.#plan(context, group).id;
    const autoscale = context.config.autoscale.enabled ? [this.#autoscale(context, group)] : [];
    this.autoscaleId = autoscale[0]?.id;
    this.diagnosticTargets = [
      { name: 'plan', type: 'web:AppServicePlan', id: this.id },
      ...autoscale.map(({ id }) => ({ name: 'autoscale', type: 'monitor:AutoscaleSetting' as const, id })),
    ];
    this.registerOutputs({ id: this.id });
  }

  #plan({ config, names, location, tags, present }: Context, resourceGroupName: Output<string>): AppServicePlan {
    const { sku, instances, zoneRedundant } = config.plan;
    return new AppServicePlan(
      'plan',
      {
        name: resourceNames(names).plan,
        resourceGroupName,
        location,
        tags,
        kind: 'linux',
        reserved: true,
        sku: { name: sku, tier: PLAN_SKUS[sku].tier, capacity: present.planCapacity ?? instances },
        zoneRedundant,
      },
      { parent: this },
    );
  }

  #autoscale({ config, names, location, tags }: Context, resourceGroupName: Output<string>): AutoscaleSetting {
    return new AutoscaleSetting(
      'autoscale',
      {
        autoscaleSettingName: names.scoped('autoscale'),
        name: names.scoped('autoscale'),
        resourceGroupName,
        location,
        tags,
        enabled: true,
        targetResourceUri: this.id,
        profiles: autoscaleProfiles(config, this.id),
      },
      { parent: this },
    );
  }
}
