<?php

declare(strict_types=1);

// Runs the application's workers and schedule beside php-fpm and nginx. Started by startup.sh in a container of production, as the
// application's user; ends with it. STOP_SECONDS is how long everything may take to end after SIGTERM.

namespace Slipway\Workers;

use Slipway\Agent\Declaration;
use Slipway\Agent\RedisConnection;
use Slipway\Agent\Settings;

foreach (['Settings', 'RedisConnection', 'Declaration'] as $class) {
    require dirname(__DIR__).'/agent/src/'.$class.'.php';
}
foreach (['Backoff', 'Claims', 'ClaimsUnavailableException', 'CronExpression', 'Lines', 'Log', 'Process', 'Launcher', 'CommandProcess', 'CommandLauncher', 'RedisClaims', 'ScheduleEntry', 'Schedule', 'Worker', 'Supervisor'] as $class) {
    require __DIR__.'/'.$class.'.php';
}

const TICK_SECONDS = 0.25;

$text = static fn (string $name, string $default): string => false === ($value = getenv($name)) || '' === $value ? $default : $value;
$settings = Settings::fromEnvironment();
$package = json_decode((string) file_get_contents($text('SLIPWAY_APP_JSON', dirname(__DIR__).'/app.json')), true, 64, \JSON_THROW_ON_ERROR);
$application = $package['application'];
$log = new Log();
$launcher = new CommandLauncher($text('APP_DIR', '.'), $text('RUN_DIR', '/tmp/slipway').'/workers/running.json', $log);
// The same after this process was killed, and another in every container.
$name = preg_replace('/[^A-Za-z0-9-]/', '-', substr($settings->instanceId, 0, 32).'-'.(string) gethostname());
$random = static fn (): float => random_int(0, 1_000_000) / 1_000_000;
$workers = [];
foreach ($application['workers'] as $worker => ['run' => $words, 'stopSeconds' => $stopSeconds]) {
    $workers[] = new Worker((string) $worker, $words, $stopSeconds, $launcher, $log, $random);
}
$entries = [];
foreach ($application['schedule'] as $when => $words) {
    $entries[] = new ScheduleEntry(CronExpression::parse((string) $when), $words);
}
$declaration = new Declaration($settings->home);
$claims = new RedisClaims(static fn (): \Redis => RedisConnection::open($settings), (string) $name);
$schedule = new Schedule($entries, $claims, $launcher, $log);
$supervisor = new Supervisor((string) $name, $settings->instanceId, $settings->version, $declaration, $workers, $schedule, $log);

$left = $launcher->endLeftovers();
if ($left > 0) {
    $log->say('WARNING', "Killed what $left workers or scheduled commands had left when their supervisor was killed");
}
$parent = posix_getppid();
$limit = (float) $text('STOP_SECONDS', '28');
pcntl_async_signals(true);
foreach ([\SIGTERM, \SIGINT, \SIGHUP] as $signal) {
    pcntl_signal($signal, static fn () => $supervisor->stop(microtime(true), $limit));
}
while ($supervisor->tick(microtime(true))) {
    if (posix_getppid() !== $parent) {
        $supervisor->kill();
        exit(1);
    }
    $launcher->wait(TICK_SECONDS);
}
$declaration->forget((string) $name);
