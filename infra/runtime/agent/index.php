<?php

declare(strict_types=1);

// The agent: what the platform and the release tool ask a slot, whatever application it runs. No framework, nothing to install.

use Slipway\Agent\Agent;
use Slipway\Agent\Settings;

require __DIR__.'/autoload.php';

(new Agent(Settings::fromEnvironment()))->answer(
    (string) ($_SERVER['REQUEST_METHOD'] ?? 'GET'),
    (string) ($_SERVER['SLIPWAY_ROUTE'] ?? ''),
    (string) ($_SERVER['HTTP_AUTHORIZATION'] ?? ''),
    $_GET,
    'POST' === ($_SERVER['REQUEST_METHOD'] ?? '') ? (string) file_get_contents('php://input') : '',
)->send();
