import { DiagnosticSetting } from '@pulumi/azure-native/monitor/diagnosticSetting.js';
import { ComponentResource, interpolate, type Output } from '@pulumi/pulumi';
import { DIAGNOSTICS } from './categories.ts';

/** Something that tells the workspace about itself. */
export interface Told {
  readonly name: string;
  /** Key of DIAGNOSTICS. */
  readonly type: keyof typeof DIAGNOSTICS;
  readonly id: Output<string>;
}

/** A component with something to tell. */
export interface Telling {
  readonly told: readonly Told[];
}

/** Logs and metrics of everything go to the one workspace. */
export class DiagnosticSettings extends ComponentResource {
  constructor(workspaceId: Output<string>, everything: readonly Telling[]) {
    super('slipway:program:DiagnosticSettings', 'diagnostics');
    for (const { told } of everything) for (const each of told) this.#tell(workspaceId, each);
    this.registerOutputs({});
  }

  #tell(workspaceId: Output<string>, { name, type, id }: Told): DiagnosticSetting {
    const { below = '', logs = [], metrics = [] } = DIAGNOSTICS[type] ?? {};
    return new DiagnosticSetting(
      `logs-of-${name}`,
      {
        name: 'to-workspace',
        resourceUri: interpolate`${id}${below}`,
        workspaceId,
        logs: logs.map((log) => ({ ...log, enabled: true })),
        metrics: metrics.map((category) => ({ category, enabled: true })),
      },
      { parent: this },
    );
  }
}
