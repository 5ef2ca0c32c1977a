import { SlipError } from '../../lib/errors.ts';
import type { Configuration } from '../store/history.ts';
import type { ReleaseTarget } from '../target/target.ts';
import type { Gate } from './gate.ts';

/** An image that cannot be pulled takes the whole slot down; one of an old version may have been cleaned away. */
export const imagesThere: Gate<{
  readonly registry: Pick<ReleaseTarget, 'imageState'>;
  readonly configuration: Configuration;
}> = {
  name: 'images-there',
  async check({ registry, configuration }) {
    let note: string | undefined;
    for (const { name, properties } of configuration.siteContainers) {
      const image = String(properties.image);
      const state = await registry.imageState(image);
      if (state === 'unknown') note = `the registry does not say whether it has ${image}`;
      if (state !== 'gone') continue;
      throw new SlipError('SLIP-RELEASE-IMAGE-GONE', {
        found: `the registry does not have the image of the site container ${name}: ${image}`,
        expected: 'every image of a configuration that is put into a slot',
        fix: 'of the wanted version: ./slipway image; of an earlier one: push it again, or release that commit anew',
      });
    }
    return note;
  },
};
