import { expect, test } from '@jest/globals';
import { fallbacks } from './fallbacks.ts';

const none = { provides: {}, health: { live: null, deep: null }, migrate: null };

test('an application that provides nothing has a fallback for each capability', () => {
  expect(fallbacks(none).map((text) => text.split(':')[0])).toEqual(['live', 'health', 'migrate', 'cache', 'media']);
});

test('what it provides, or names a path for, has none', () => {
  const provides = { live: '/l', health: '/h', migrate: '/m', cache: '/c', probe: '/p' };
  expect(fallbacks({ ...none, provides })).toEqual([]);
  expect(fallbacks({ ...none, health: { live: '/up', deep: '/deep' } }).map((text) => text.split(':')[0])).toEqual([
    'migrate',
    'cache',
    'media',
  ]);
});

test('declared migrations are carried out, so nothing stands in for them', () => {
  const migrate = { run: 'php artisan migrate --force', pretend: 'p', files: 'f' };
  expect(fallbacks({ ...none, migrate }).join()).not.toContain('migrate');
});
