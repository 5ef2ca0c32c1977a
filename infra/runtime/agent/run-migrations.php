<?php

declare(strict_types=1);

// One job of migrations, by its id, in a process of its own: php run-migrations.php ID.

use Slipway\Agent\Migration\JobFiles;
use Slipway\Agent\Migration\JobRunner;
use Slipway\Agent\Migration\Migrations;
use Slipway\Agent\Settings;

require __DIR__.'/autoload.php';

$settings = Settings::fromEnvironment();
$migrations = Migrations::of($settings) ?? throw new RuntimeException('the package names no command for migrations');
(new JobRunner($migrations, new JobFiles($settings->home.'/jobs', $settings->instanceId), $settings->applicationDirectory, (int) getenv('SLIPWAY_PID')))->run($argv[1] ?? '');
