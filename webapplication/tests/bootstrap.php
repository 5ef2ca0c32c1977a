<?php

declare(strict_types=1);

use App\Tests\Servers\TestEnvironment;

require dirname(__DIR__).'/vendor/autoload.php';

// Stops the servers when the tests pass, fail or are interrupted.
register_shutdown_function(TestEnvironment::end(...));
pcntl_async_signals(true);
foreach ([\SIGINT, \SIGTERM, \SIGHUP] as $signal) {
    pcntl_signal($signal, static function (int $signal): never {
        exit(128 + $signal);
    });
}
