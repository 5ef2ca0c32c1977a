import { describe, expect, test } from '@jest/globals';
import { missingPackages, neededPackages } from './apt.mjs';

const paragraph = (name: string, status = 'install ok installed') =>
  `Package: ${name}\nStatus: ${status}\nVersion: 1\nDescription: about ${name}\n Package: nothing\n`;
const status = (...paragraphs: string[]) => paragraphs.join('\n');

describe('Debian packages', () => {
  test('PHP packages carry the version of the system', () => {
    const names = neededPackages('8.3').flat();
    expect(names).toContain('php8.3-fpm');
    expect(names.filter((name) => name.startsWith('php') && !name.startsWith('php8.3-'))).toEqual([]);
  });

  test('what an application may count on in App Service is installed from the beginning', () => {
    const names = neededPackages('8.2').flat();
    for (const part of ['bcmath', 'gmp', 'intl', 'ldap', 'pgsql', 'soap', 'sqlite3', 'tidy', 'xml', 'zip']) {
      expect(names).toContain(`php8.2-${part}`);
    }
  });

  test.each([
    ['start', []],
    ['test', ['wrk']],
    ['bench', ['wrk', 'rclone']],
  ])('%s needs %j besides what the region needs', (command, more) => {
    expect(neededPackages('8.2', command).flat()).toEqual([...neededPackages('8.2').flat(), ...more]);
  });

  test('nothing is missing when one of the choices is installed', () => {
    expect(missingPackages([['nginx-light', 'nginx-extras']], status(paragraph('nginx-extras')))).toEqual([]);
  });

  test.each([
    ['never installed', status(paragraph('other'))],
    ['removed', status(paragraph('redis-server', 'deinstall ok config-files'))],
    ['unpacked, not configured', status(paragraph('redis-server', 'install ok unpacked'))],
    ['half configured', status(paragraph('redis-server', 'install ok half-configured'))],
    ['named by another package only', status(`${paragraph('other')}Depends: redis-server\n`)],
  ])('a package that is %s is missing', (_name, text) => {
    expect(missingPackages([['redis-server']], text)).toEqual(['redis-server']);
  });

  test('what is missing is installed by the first of its choices, in order', () => {
    const needed = [['nginx-light', 'nginx'], ['git'], ['unzip']];
    expect(missingPackages(needed, status(paragraph('git')))).toEqual(['nginx-light', 'unzip']);
  });
});
