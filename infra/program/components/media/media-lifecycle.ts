import type { Config } from '../../config/config.ts';

/** Earlier versions of a blob are there to undo an accident; after this they only cost. */
const VERSION_DAYS = 90;

/** Rules of the media account. https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-policy-structure */
export function mediaLifecycle({ coolAfterDays }: Config['media']) {
  const filters = { blobTypes: ['blockBlob'] };
  const versions = {
    name: 'old-versions',
    type: 'Lifecycle',
    enabled: true,
    definition: { filters, actions: { version: { delete: { daysAfterCreationGreaterThan: VERSION_DAYS } } } },
  };
  if (coolAfterDays === 0) return [versions];
  const cool = {
    name: 'cool-media',
    type: 'Lifecycle',
    enabled: true,
    definition: {
      filters,
      actions: { baseBlob: { tierToCool: { daysAfterModificationGreaterThan: coolAfterDays } } },
    },
  };
  return [versions, cool];
}
