import { ResourceGroup } from '@pulumi/azure-native/resources/resourceGroup.js';
import { ComponentResource, type Output } from '@pulumi/pulumi';
import type { Context } from '../../context.ts';

const SHARED_WORDS = ['registry', 'releases'] as const;
const APPLICATION_WORDS = ['app', 'cache', 'media', 'mysql', 'vault'] as const;

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

  /** Deleting a group deletes what is in it, locks or not in Pulumi's eyes: it stays while anything in it is kept. */
  #group({ config, names, location, tags, keeps, retains }: Context): ResourceGroup {
    const inside = config.stage === 'shared' ? SHARED_WORDS : APPLICATION_WORDS;
    return new ResourceGroup(
      'group',
      { resourceGroupName: names.scoped('rg'), location, tags },
      { parent: this, protect: inside.some(keeps), retainOnDelete: inside.some(retains) },
    );
  }
}
