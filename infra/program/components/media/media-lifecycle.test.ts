import { expect, test } from '@jest/globals';
import { readConfig } from '../../config/read-config.ts';
import { mediaLifecycle } from './media-lifecycle.ts';

test('media move to the cool tier only where config says when; old versions always end', () => {
  const media = readConfig({ 'slipway:stage': 'prod', 'slipway:sidecar.digest': 'none' }).media;
  expect(mediaLifecycle({ ...media, coolAfterDays: 0 }).map(({ name }) => name)).toEqual(['old-versions']);
  const [, cool] = mediaLifecycle({ ...media, coolAfterDays: 30 });
  expect(cool?.definition.actions).toEqual({ baseBlob: { tierToCool: { daysAfterModificationGreaterThan: 30 } } });
});
