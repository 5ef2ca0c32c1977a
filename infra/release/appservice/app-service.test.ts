import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SlipError } from '../../lib/errors.ts';
import { AppService } from './app-service.ts';

const site = { subscriptionId: 's', resourceGroup: 'g', app: 'a', slot: 'staging' };
const reads = [
  'constructor',
  'swapStatus',
  'slot',
  'settings',
  'containers',
  'start',
  'mounts',
  'stickyNames',
  'productionScmHost',
  'references',
  'containerLog',
];

const changes: Readonly<Record<string, (service: AppService, file: string) => Promise<unknown>>> = {
  replaceSettings: (service) => service.replaceSettings({}),
  putContainer: (service) => service.putContainer({ name: 'sidecar', properties: {} }),
  changeStart: (service) => service.changeStart({ stack: 'PHP|8.4' }),
  replaceMounts: (service) => service.replaceMounts({}),
  deleteContainer: (service) => service.deleteContainer('sidecar'),
  refreshReferences: (service) => service.refreshReferences(),
  prepare: (service) => service.prepare(),
  reset: (service) => service.reset(),
  swap: (service) => service.swap(),
  publish: (service, file) => service.publish('127.0.0.1:1', file, 1),
  addFiles: (service, file) => service.addFiles('127.0.0.1:1', '/home/media', file, 1),
};

/** A site that nobody may change any more; a request that is sent all the same meets a closed port. */
function service(error: Error): AppService {
  const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }) };
  return new AppService(site, { credential, endpoint: 'https://127.0.0.1:1', pollMs: 1 }, () => {
    throw error;
  });
}

test('every method changes the site or is known to read only', () => {
  const methods = Object.getOwnPropertyNames(AppService.prototype);
  expect(methods.toSorted()).toEqual([...reads, ...Object.keys(changes)].toSorted());
});

test.each(Object.entries(changes))('%s is not sent when the lock was lost', async (_, change) => {
  const directory = await mkdtemp(join(tmpdir(), 'sw-app-service-'));
  const file = join(directory, 'a.zip');
  await writeFile(file, 'x');
  const lost = new SlipError('SLIP-RELEASE-LOCK-LOST', { found: 'it was' });
  try {
    await expect(change(service(lost), file)).rejects.toBe(lost);
  } finally {
    await rm(directory, { recursive: true });
  }
});
