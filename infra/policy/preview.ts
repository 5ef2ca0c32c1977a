import { azureTypeName } from '../evaluate/azure-types.ts';
import { UNKNOWN } from '../evaluate/placeholders.ts';
import type { Evaluation, RecordedResource } from '../evaluate/recorded.ts';
import { unwrapObject } from '../evaluate/values.ts';

/** A resource as Pulumi shows it to a policy: secrets unwrapped, and without its id. */
export interface PreviewedResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** As plain values or in Pulumi's wire form. */
  readonly inputs: unknown;
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  readonly dependencies: readonly string[];
}

/** What a policy is shown, as an evaluation. What it is not shown is empty. */
export function previewed(resources: readonly PreviewedResource[]): Evaluation {
  return {
    ...{ stage: '', mode: 'preview', outputs: {}, secretOutputs: [], packages: [], logs: [] },
    ...{ seconds: 0, cpuSeconds: 0, peakRssMb: 0 },
    resources: resources.map(recorded),
  };
}

function recorded({ inputs, ...shown }: PreviewedResource): RecordedResource {
  const custom = azureTypeName(shown.type) !== undefined;
  return {
    ...shown,
    ...{ custom, id: custom ? UNKNOWN : '', inputs: unwrapObject(inputs).value, secretPaths: [] },
    ...{ propertyDependencies: {}, additionalSecretOutputs: [], aliases: [], typeAliases: [], packageName: '' },
    ...{ replaceOnChanges: [], retainOnDelete: false, deletedWith: '', deleteBeforeReplace: false },
  };
}
