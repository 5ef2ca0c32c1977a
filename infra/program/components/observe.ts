import { Component } from '@pulumi/azure-native/applicationinsights/component.js';
import { Workspace } from '@pulumi/azure-native/operationalinsights/workspace.js';
import { ComponentResource, type Output } from '@pulumi/pulumi';
import type { Context } from '../context.ts';

/** Logs and telemetry of the stage, in one workspace. */
export class Observe extends ComponentResource {
  readonly workspaceId: Output<string>;
  readonly insightsId: Output<string>;
  readonly connectionString: Output<string>;
  readonly #context: Context;
  readonly #group: Output<string>;

  constructor(context: Context, group: Output<string>) {
    super('slipway:program:Observe', 'observe');
    this.#context = context;
    this.#group = group;
    const workspace = this.#workspace();
    const insights = this.#insights(workspace);
    this.workspaceId = workspace.id;
    this.insightsId = insights.id;
    this.connectionString = insights.connectionString;
    this.registerOutputs({ workspaceId: this.workspaceId });
  }

  #workspace(): Workspace {
    const { config, names, location, tags } = this.#context;
    const { retentionDays, dailyCapGb } = config.observe;
    return new Workspace(
      'logs',
      {
        workspaceName: names.scoped('log'),
        resourceGroupName: this.#group,
        location,
        tags,
        sku: { name: 'PerGB2018' },
        retentionInDays: retentionDays,
        ...(dailyCapGb > 0 ? { workspaceCapping: { dailyQuotaGb: dailyCapGb } } : {}),
        features: { enableLogAccessUsingOnlyResourcePermissions: true },
      },
      { parent: this },
    );
  }

  #insights(workspace: Workspace): Component {
    const { names, location, tags } = this.#context;
    return new Component(
      'insights',
      {
        resourceName: names.scoped('appi'),
        resourceGroupName: this.#group,
        location,
        tags,
        kind: 'web',
        applicationType: 'web',
        ingestionMode: 'LogAnalytics',
        workspaceResourceId: workspace.id,
      },
      { parent: this },
    );
  }
}
