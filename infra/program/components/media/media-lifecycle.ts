import type { Config } from '../../config/config.ts';

/** Days for which earlier versions of a blob are kept, to undo an accident. */
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
