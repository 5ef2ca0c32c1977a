import type { JsonObject } from './values.ts';

/** One resource as the program registered it with Pulumi's engine. */
export interface RecordedResource {
  readonly type: string;
  /** Logical name; the name in Azure is in `inputs`. */
  readonly name: string;
  readonly urn: string;
  /** A plausible Azure id (`/subscriptions/…`), `__unknown__` in preview, empty for components. */
  readonly id: string;
  /** False for components, which exist only in Pulumi's state. */
  readonly custom: boolean;
  readonly parent?: string;
  /** Inputs as plain JSON, secrets unwrapped. */
  readonly inputs: JsonObject;
  readonly secretPaths: readonly string[];
  /** URNs of everything this one depends on, `dependsOn` included. */
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly additionalSecretOutputs: readonly string[];
  readonly aliases: readonly string[];
  /** Aliases by type alone. */
  readonly typeAliases: readonly string[];
  /** The parameterized package of the type; empty for one of an ordinary provider. */
  readonly packageName: string;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** URN of the resource whose deletion deletes this one, or empty. */
  readonly deletedWith: string;
  readonly deleteBeforeReplace: boolean;
}

/** A provider package that the program registered: a base provider with a parameter. */
export interface RecordedPackage {
  readonly name: string;
  readonly version: string;
  readonly baseName: string;
  readonly baseVersion: string;
  /** As text. */
  readonly parameter: string;
}

export interface ProgramLog {
  readonly severity: 'debug' | 'info' | 'warning' | 'error';
  readonly message: string;
}

export interface Evaluation {
  readonly stage: string;
  readonly mode: 'update' | 'preview';
  /** Sorted by URN. */
  readonly resources: readonly RecordedResource[];
  /** The stack's outputs, secrets unwrapped. */
  readonly outputs: JsonObject;
  readonly secretOutputs: readonly string[];
  /** In the order of their names. */
  readonly packages: readonly RecordedPackage[];
  readonly logs: readonly ProgramLog[];
  /** From the start of Pulumi's runner to its end. */
  readonly seconds: number;
  /** Processor time of Pulumi's runner, all its threads. */
  readonly cpuSeconds: number;
  /** Peak resident memory of Pulumi's runner. */
  readonly peakRssMb: number;
}
