import { Component } from '@pulumi/azure-native/applicationinsights/component.js';
import { Workbook } from '@pulumi/azure-native/applicationinsights/workbook.js';
import { Workspace } from '@pulumi/azure-native/operationalinsights/workspace.js';
import { all, ComponentResource, type Output } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import { stableGuid } from '../../base/naming.ts';
import type { DiagnosticSource, DiagnosticTarget } from '../diagnostics/diagnostics.ts';
import { workbookContent } from './workbook.ts';

/** The Log Analytics workspace of the stage's logs. */
export class Logs extends ComponentResource implements DiagnosticSource {
  readonly workspaceId: Output<string>;
  readonly diagnosticTargets: readonly DiagnosticTarget[];

  constructor(context: Context, group: Output<string>) {
    super('slipway:program:Logs', 'logs');
    this.workspaceId = this.#workspace(context, group).id;
    this.diagnosticTargets = [{ name: 'workspace', type: 'operationalinsights:Workspace', id: this.workspaceId }];
    this.registerOutputs({ workspaceId: this.workspaceId });
  }

  #workspace({ config, names, location, tags }: Context, resourceGroupName: Output<string>): Workspace {
    const { retentionDays, dailyCapGb } = config.observe;
    return new Workspace(
      'logs',
      {
        workspaceName: names.scoped('log'),
        resourceGroupName,
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
}

/** Application Insights, stored in the same workspace, and the workbook. */
export class Observe extends ComponentResource {
  readonly workspaceId: Output<string>;
  readonly insightsId: Output<string>;
  readonly connectionString: Output<string>;
  readonly #context: Context;
  readonly #group: Output<string>;

  constructor(context: Context, group: Output<string>, logs: Logs) {
    super('slipway:program:Observe', 'observe');
    this.#context = context;
    this.#group = group;
    this.workspaceId = logs.workspaceId;
    const insights = this.#insights();
    this.insightsId = insights.id;
    this.#workbook();
    this.connectionString = insights.connectionString;
    this.registerOutputs({ insightsId: this.insightsId });
  }

  #insights(): Component {
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
        workspaceResourceId: this.workspaceId,
      },
      { parent: this },
    );
  }

  #workbook(): Workbook {
    const { config, names, subscriptionId, location, tags } = this.#context;
    const displayName = `${config.name} ${config.stage}`;
    return new Workbook(
      'workbook',
      {
        // The name has to be a GUID.
        resourceName: stableGuid(subscriptionId, names.unique, 'workbook'),
        resourceGroupName: this.#group,
        location,
        tags,
        kind: 'shared',
        category: 'workbook',
        displayName,
        sourceId: this.workspaceId,
        serializedData: all([this.workspaceId, this.insightsId]).apply(([workspaceId, insightsId]) =>
          workbookContent(displayName, { workspaceId, insightsId, runbooks: config.observe.runbooks }),
        ),
      },
      { parent: this },
    );
  }
}
