import { expect, test } from '@jest/globals';
import { newestContainerLog } from './container-log.ts';

const HOST = 'app-staging.scm.azurewebsites.net';
const log = (name: string, lastUpdated: string, site = HOST) => ({
  machineName: 'lw0',
  lastUpdated,
  href: `https://${site}/api/vfs/LogFiles/${name}`,
});

test('the newest log of the main container is taken, not that of the platform or of a sidecar', () => {
  const listing = [
    log('2026_11_27_lw0_default_docker.log', '2026-11-27T10:00:00Z'),
    log('2026_11_28_lw0_default_docker.log', '2026-11-28T10:00:00Z'),
    log('2026_11_28_lw0_docker.log', '2026-11-28T11:00:00Z'),
    log('2026_11_28_lw0_sidecar_docker.log', '2026-11-28T11:00:00Z'),
  ];
  expect(newestContainerLog(JSON.stringify(listing), HOST)).toBe(listing[1]?.href);
});

test('nothing is taken from another host, nor from an answer that is no list', () => {
  const foreign = [log('2026_11_28_lw0_default_docker.log', '2026-11-28T10:00:00Z', 'evil.example')];
  expect(newestContainerLog(JSON.stringify(foreign), HOST)).toBeUndefined();
  expect(newestContainerLog('<html>', HOST)).toBeUndefined();
});
