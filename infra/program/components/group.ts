import { ResourceGroup } from '@pulumi/azure-native/resources/resourceGroup.js';
import { ComponentResource, type Output } from '@pulumi/pulumi';
import type { Context } from '../context.ts';

/** The resource group of the stage: one per stage, since an App Service stamp is pinned to its group. */
export class Group extends ComponentResource {
  readonly name: Output<string>;
  readonly id: Output<string>;

  constructor(context: Context) {
    super('slipway:program:Group', 'group');
    const group = this.#group(context);
    this.name = group.name;
    this.id = group.id;
    this.registerOutputs({ name: this.name });
  }

  #group({ names, location, tags }: Context): ResourceGroup {
    return new ResourceGroup('group', { resourceGroupName: names.scoped('rg'), location, tags }, { parent: this });
  }
}
