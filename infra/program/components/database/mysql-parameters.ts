import type { Config } from '../../config/config.ts';

/**
 * Server parameters that matter here. Ranges and defaults:
 * https://learn.microsoft.com/azure/mysql/flexible-server/concepts-server-parameters
 */
export function mysqlParameters({ mysql }: Config): Readonly<Record<string, string>> {
  return {
    // On by default; set here so that turning it off would show as a change.
    require_secure_transport: 'ON',
    tls_version: 'TLSv1.2,TLSv1.3',
    slow_query_log: 'ON',
    long_query_time: String(mysql.slowQuerySeconds),
    // Idle connections of php-fpm are closed after ten minutes instead of MySQL's eight hours.
    wait_timeout: '600',
  };
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** `Sunday 02:00` in the form of the API, where Sunday is day 0. */
export function mysqlWindow(maintenance: string) {
  const [day = 'Sunday', time = '02:00'] = maintenance.split(' ');
  return {
    customWindow: 'Enabled',
    dayOfWeek: Math.max(0, DAYS.indexOf(day)),
    startHour: Number(time.slice(0, 2)),
    startMinute: 0,
  };
}
