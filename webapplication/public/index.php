<?php

declare(strict_types=1);

use App\Http\LastResort;
use App\Kernel;
use Symfony\Component\HttpFoundation\Request;

require dirname(__DIR__).'/vendor/autoload.php';

LastResort::register();

try {
    $request = Request::createFromGlobals();
    $kernel = new Kernel($_SERVER['APP_ENV'] ?? 'prod', false);
    $response = $kernel->handle($request);
    $response->send();
    $kernel->terminate($request, $response);
} catch (Throwable $failure) {
    LastResort::answer($failure);
}
