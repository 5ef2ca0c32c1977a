import { expect, test } from '@jest/globals';
import { applicationOf } from '../../release/app/application.ts';
import type { Discovery } from '../../release/app/init/init-application.ts';
import { discoveryText, initialisedText } from './init-text.ts';

async function discovery(more: Partial<Discovery> = {}): Promise<Discovery> {
  const has = async (path: string) => path === 'artisan';
  const application = await applicationOf({}, { has, read: async () => '', required: new Set() });
  return {
    directory: '/shop',
    application,
    manifest: 'not needed',
    proposed: {},
    reasons: [],
    notes: [],
    tlsLines: [],
    ...more,
  };
}

const done = { path: '../shop', generated: ['APP_KEY'], missing: ['MAIL_PASSWORD'] };
const forRegion = (line: string) => `${line} --state /tmp/second`;

test('what was found is shown before anything is written, with what the manifest will say and why', async () => {
  const text = discoveryText(
    await discovery({ manifest: 'written', proposed: { build: ['npm ci'] }, reasons: ['build: templates show it'] }),
  );
  expect(text).toMatch(/^\/shop is Laravel\./);
  expect(text).toMatch(/document root\s+public\n/);
  expect(text).toContain('build: ["npm ci"]\n  · build: templates show it');
});

test('what is left to do is named with its command, and a region that is there needs a release', async () => {
  const line = { file: 'config/database.php', place: 'redis.default', line: "'url' => env('REDIS_URL')," };
  const fresh = initialisedText(await discovery({ tlsLines: [line] }), done, { hasRegion: false, forRegion });
  expect(fresh).toContain("TLS: config/database.php, redis.default: 'url' => env('REDIS_URL'),");
  expect(fresh).toContain('./slipway secret set MAIL_PASSWORD < FILE');
  expect(fresh).toMatch(
    /npm start --state \/tmp\/second\s+the local region, with this application as its first release$/,
  );
  const there = initialisedText(await discovery(), done, { hasRegion: true, forRegion });
  expect(there).toMatch(/slipway release --state \/tmp\/second\s+brings this application live in its place$/);
});
