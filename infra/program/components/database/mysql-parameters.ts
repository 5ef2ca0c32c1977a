import type { Config } from '../../config/config.ts';

/**
 * Server parameters that matter here. Ranges and defaults:
 * https://learn.microsoft.com/azure/mysql/flexible-server/concepts-server-parameters
 */
export function mysqlParameters({ mysql }: Config): Readonly<Record<string, string>> {
  return {
    // On by default; said here so that nobody turns it off unseen.
    require_secure_transport: 'ON',
    tls_version: 'TLSv1.2,TLSv1.3',
    slow_query_log: 'ON',
    long_query_time: String(mysql.slowQuerySeconds),
    // A connection of php-fpm that nobody uses gives its memory back after ten minutes instead of eight hours.
    wait_timeout: '600',
  };
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** `Sunday 02:00` → what the API wants; days count from Sunday. */
export function mysqlWindow(maintenance: string) {
  const [day = 'Sunday', time = '02:00'] = maintenance.split(' ');
  return {
    customWindow: 'Enabled',
    dayOfWeek: Math.max(0, DAYS.indexOf(day)),
    startHour: Number(time.slice(0, 2)),
    startMinute: 0,
  };
}
