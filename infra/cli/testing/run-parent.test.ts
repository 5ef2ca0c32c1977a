import { expect, test } from '@jest/globals';
import { type Memory, runParent } from './run-parent.ts';

const plenty: Memory = {
  mounts: '/dev/vda / ext4 rw 0 0\ntmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0\n',
  spaceBytes: 8e9,
  availableBytes: 12e9,
};

test('a short run writes to memory where there is plenty', () => {
  expect(runParent('short', plenty)).toBe('/dev/shm');
});

test('the long form writes to the disk', () => {
  expect(runParent('long', plenty)).toBe('/tmp');
});

test.each<[string, Partial<Memory>]>([
  ['without such a mount', { mounts: '/dev/vda / ext4 rw 0 0\n' }],
  ['where it is a disk', { mounts: '/dev/vda /dev/shm ext4 rw 0 0\n' }],
  ['where no program may run', { mounts: 'shm /dev/shm tmpfs rw,nosuid,nodev,noexec 0 0\n' }],
  ['with the small mount of a container', { spaceBytes: 64e6 }],
  ['with little memory', { availableBytes: 3e9 }],
])('a machine %s writes to the disk', (_name, less) => {
  expect(runParent('short', { ...plenty, ...less })).toBe('/tmp');
});
