import { ofKind, textAt } from '../../evaluate/inputs.ts';
import type { Evaluation, RecordedResource } from '../../evaluate/recorded.ts';
import { isJsonObject } from '../../evaluate/values.ts';
import type { Stage } from '../../program/config/key.ts';

/** The resource group of a stage, as the program declares it. */
export interface StageGroup {
  readonly stage: Stage;
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Text of a file for `pulumi import --file`. */
  readonly importFile: string;
}

export interface ImportedFrom {
  readonly subscriptionId: string;
  /** Of azure-native. */
  readonly providerVersion: string;
}

/**
 * Bootstrap makes the resource groups, because a pipeline that may do something in one group only cannot make it. The file
 * takes the group over into the stack, below the component that the program declares it in.
 */
export function stageGroup(evaluation: Evaluation, stage: Stage, where: ImportedFrom): StageGroup {
  const group = ofKind(evaluation, 'resources:ResourceGroup')[0];
  if (group === undefined) throw new RangeError(`stage ${stage} has no resource group`);
  const tags = isJsonObject(group.inputs.tags) ? group.inputs.tags : {};
  return {
    stage,
    name: textAt(group, 'resourceGroupName'),
    location: textAt(group, 'location'),
    tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, String(value)])),
    importFile: JSON.stringify({ resources: importedResources(evaluation, group, where) }, undefined, 2),
  };
}

function importedResources({ resources }: Evaluation, group: RecordedResource, where: ImportedFrom): object[] {
  const parent = resources.find(({ urn, custom }) => urn === group.parent && !custom && !urn.includes('pulumi:Stack'));
  const id = `/subscriptions/${where.subscriptionId}/resourceGroups/${textAt(group, 'resourceGroupName')}`;
  const version = where.providerVersion;
  const imported = { type: group.type, logicalName: group.name, name: 'resourceGroup', id, version };
  if (parent === undefined) return [imported];
  const component = { type: parent.type, logicalName: parent.name, name: 'component', component: true };
  return [component, { ...imported, parent: component.name }];
}
