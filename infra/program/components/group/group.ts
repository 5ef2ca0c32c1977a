import { ResourceGroup } from '@pulumi/azure-native/resources/resourceGroup.js';
import { ComponentResource, type Output } from '@pulumi/pulumi';
import type { Context } from '../../base/context.ts';
import { resourceNames } from '../../base/naming.ts';

const SHARED_KINDS = ['registry', 'releases'] as const;
const APPLICATION_KINDS = ['app', 'cache', 'media', 'mysql', 'vault'] as const;

/** The resource group of the stage. One per stage, because App Service pins a group to one stamp. */
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

  /** Deleting a resource group deletes everything in it, so it is protected while anything in it is. */
  #group({ config, names, location, tags, isProtected, isRetained }: Context): ResourceGroup {
    const inside = config.stage === 'shared' ? SHARED_KINDS : APPLICATION_KINDS;
    return new ResourceGroup(
      'group',
      { resourceGroupName: resourceNames(names).group, location, tags },
      { parent: this, protect: inside.some(isProtected), retainOnDelete: inside.some(isRetained) },
    );
  }
}
