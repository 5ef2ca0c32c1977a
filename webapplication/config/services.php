<?php

declare(strict_types=1);

namespace Symfony\Component\DependencyInjection\Loader\Configurator;

use App\Database\Migrations;
use App\Health\HealthCheck;
use App\Health\HealthReport;
use App\Log\LazyLogger;
use App\Log\LoggerFactory;
use App\Release\Version;
use App\Settings;
use Monolog\Logger;
use Psr\Log\LoggerInterface;

return static function (ContainerConfigurator $container): void {
    $container->extension('framework', [
        'http_method_override' => false,
        'allowed_http_method_override' => [],
        'handle_all_throwables' => true,
        'php_errors' => ['log' => true],
        'session' => ['enabled' => false],
        'cache' => ['app' => 'cache.adapter.array', 'system' => 'cache.adapter.array'],
    ]);

    $services = $container->services()->defaults()->autowire()->autoconfigure();

    $services->load('App\\', '../src/')->exclude(['../src/Kernel.php', '../src/polyfill-php85.php']);

    $services->set(Settings::class)->factory([Settings::class, 'fromEnvironment']);
    $services->set(Version::class)->factory([Version::class, 'fromPackage'])->args([param('kernel.project_dir')]);
    $services->set(Migrations::class)->arg('$directory', '%kernel.project_dir%/migrations');
    $services->set(HealthReport::class)->arg('$checks', tagged_iterator(HealthCheck::class));

    $services->set(Logger::class)->factory(service(LoggerFactory::class));
    $services->set('logger', LazyLogger::class)->args([service_closure(Logger::class)]);
    $services->alias(LoggerInterface::class, 'logger');
};
