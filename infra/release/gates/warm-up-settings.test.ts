import { expect, test } from '@jest/globals';
import { warmUpSettings } from './warm-up-settings.ts';

const complete = {
  WEBSITE_SWAP_WARMUP_PING_PATH: '/_slipway/live',
  WEBSITE_SWAP_WARMUP_PING_STATUSES: '200',
  WEBSITE_WARMUP_PATH: '/_slipway/live',
  WEBSITE_WARMUP_STATUSES: '200',
};

function check(settings: Readonly<Record<string, string>>) {
  return warmUpSettings.check({ configuration: { settings, siteContainers: [] } });
}

test('a path and the status 200 for both warm-ups pass', () => {
  expect(check(complete)).toBeUndefined();
});

test.each(Object.keys(complete))('a configuration without %s is refused', (name) => {
  expect(() => check(Object.fromEntries(Object.entries(complete).filter(([key]) => key !== name)))).toThrow(
    expect.objectContaining({ code: 'SLIP-RELEASE-WARM-UP', message: expect.stringContaining(`${name} is not set`) }),
  );
});

test.each([
  { name: 'WEBSITE_SWAP_WARMUP_PING_STATUSES', value: '200,500' },
  { name: 'WEBSITE_WARMUP_STATUSES', value: '2000' },
  { name: 'WEBSITE_WARMUP_PATH', value: '/' },
  { name: 'WEBSITE_SWAP_WARMUP_PING_PATH', value: 'api' },
])('$name: "$value" is refused', ({ name, value }) => {
  expect(() => check({ ...complete, [name]: value })).toThrow(/SLIP-RELEASE-WARM-UP/);
});
