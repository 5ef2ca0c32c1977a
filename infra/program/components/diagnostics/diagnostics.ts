import { DiagnosticSetting } from '@pulumi/azure-native/monitor/diagnosticSetting.js';
import { ComponentResource, interpolate, type Output } from '@pulumi/pulumi';
import { DIAGNOSTICS, type DiagnosedType, type Diagnostics } from './categories.ts';

/** A resource whose logs and metrics go to the workspace. */
export interface DiagnosticTarget {
  readonly name: string;
  readonly type: DiagnosedType;
  readonly id: Output<string>;
}

/** A component with resources that write logs or metrics. */
export interface DiagnosticSource {
  readonly diagnosticTargets: readonly DiagnosticTarget[];
}

/** Sends the logs and metrics of all resources to the stage's workspace. */
export class DiagnosticSettings extends ComponentResource {
  constructor(workspaceId: Output<string>, sources: readonly DiagnosticSource[]) {
    super('slipway:program:DiagnosticSettings', 'diagnostics');
    for (const { diagnosticTargets } of sources) {
      for (const target of diagnosticTargets) this.#setting(workspaceId, target);
    }
    this.registerOutputs({});
  }

  #setting(workspaceId: Output<string>, { name, type, id }: DiagnosticTarget): DiagnosticSetting {
    const { below = '', logs = [], metrics = [], dedicated }: Diagnostics = DIAGNOSTICS[type];
    return new DiagnosticSetting(
      `logs-of-${name}`,
      {
        name: 'to-workspace',
        resourceUri: interpolate`${id}${below}`,
        workspaceId,
        ...(dedicated === undefined ? {} : { logAnalyticsDestinationType: 'Dedicated' }),
        logs: logs.map((log) => ({ ...log, enabled: true })),
        metrics: metrics.map((category) => ({ category, enabled: true })),
      },
      { parent: this },
    );
  }
}
