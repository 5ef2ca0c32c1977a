import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { AppSecrets } from './app-secrets.ts';

test('a secret is kept for its owner alone, replaced whole, and there is none before', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sw-secrets-'));
  const secrets = new AppSecrets(directory);
  expect(secrets.read()).toEqual({});
  secrets.set('A', '1');
  secrets.set('B', '2');
  secrets.set('A', '3');
  expect(new AppSecrets(directory).read()).toEqual({ A: '3', B: '2' });
  expect(readdirSync(directory)).toEqual(['app-secrets.json']);
  expect(statSync(join(directory, 'app-secrets.json')).mode & 0o777).toBe(0o600);
  rmSync(directory, { recursive: true });
});
