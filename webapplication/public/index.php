<?php

declare(strict_types=1);

use App\Http\FatalErrorHandler;
use App\Kernel;
use Symfony\Component\HttpFoundation\Request;

require dirname(__DIR__).'/vendor/autoload.php';

FatalErrorHandler::register();

try {
    $request = Request::createFromGlobals();
    $environment = $_SERVER['APP_ENV'] ?? null;
    $kernel = new Kernel(is_string($environment) ? $environment : 'prod', false);
    $response = $kernel->handle($request);
    $response->send();
    $kernel->terminate($request, $response);
} catch (Throwable $failure) {
    FatalErrorHandler::answer($failure);
}
