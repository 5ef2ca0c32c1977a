import { expect, test } from '@jest/globals';
import { readConfig } from '../../config/read-config.ts';
import { mysqlParameters, mysqlWindow } from './mysql-parameters.ts';

test('a maintenance window counts its days from Sunday', () => {
  expect(mysqlWindow('Sunday 02:00')).toMatchObject({ dayOfWeek: 0, startHour: 2 });
  expect(mysqlWindow('Saturday 23:00')).toMatchObject({ dayOfWeek: 6, startHour: 23 });
});

test('connections are encrypted, and slow queries written down after the time that config says', () => {
  const config = readConfig({
    'slipway:stage': 'prod',
    'slipway:sidecar.digest': 'none',
    'slipway:mysql.slowQuerySeconds': '7',
  });
  expect(mysqlParameters(config)).toMatchObject({
    require_secure_transport: 'ON',
    slow_query_log: 'ON',
    long_query_time: '7',
  });
});
