import { expect, test } from '@jest/globals';
import { parseLogLine } from './log-line.ts';

const local = new Date(2026, 10, 28, 23, 3, 4).getTime();

test.each([
  ['nginx', '2026/11/28 23:03:04 [crit] 1#1: *2 connect() failed', local, 'error'],
  ['MariaDB', '2026-11-28 23:03:04 0 [Warning] Could not', local, 'warn'],
  ['Redis', '30:C 28 Nov 2026 23:03:04.244 # Redis is starting', local, 'info'],
  [
    'php-fpm',
    '{"level":"NOTICE","channel":"server","message":"[28-Nov-2026 23:03:04] NOTICE: fpm is running"}',
    local,
    'info',
  ],
  [
    'the sidecar',
    '{"time":"2026-11-28T23:03:04.000Z","level":"error","message":"x"}',
    Date.UTC(2026, 10, 28, 23, 3, 4),
    'error',
  ],
  [
    'the application',
    '{"message":"x","level":300,"level_name":"WARNING","datetime":"2026-11-28T23:03:04+00:00"}',
    Date.UTC(2026, 10, 28, 23, 3, 4),
    'warn',
  ],
  ['Azurite', 'Azurite Blob service is starting', undefined, 'info'],
])('a line of %s has its time and level', (_of, line, at, level) => {
  expect(parseLogLine(line)).toMatchObject({ at, level });
});

test('a line in JSON is shown by its message, with what else it says behind it', () => {
  const line = '{"time":"2026-11-28T23:03:04.000Z","level":"info","message":"listening","port":8181,"version":"1"}';
  expect(parseLogLine(line).message).toBe('listening  port=8181  version=1');
});

test('the trace of a line is found', () => {
  expect(parseLogLine('{"message":"x","extra":{"traceId":"abc"}}').trace).toBe('abc');
});
