<?php

declare(strict_types=1);

namespace App;

use Symfony\Bundle\FrameworkBundle\FrameworkBundle;
use Symfony\Bundle\FrameworkBundle\Kernel\MicroKernelTrait;
use Symfony\Component\DependencyInjection\Compiler\CompilerPassInterface;
use Symfony\Component\DependencyInjection\ContainerBuilder;
use Symfony\Component\HttpKernel\Kernel as BaseKernel;
use Symfony\Component\Routing\Loader\Configurator\RoutingConfigurator;
use Symfony\Component\Routing\Matcher\CompiledUrlMatcher;

final class Kernel extends BaseKernel implements CompilerPassInterface
{
    use MicroKernelTrait;

    /** Listeners of the framework that would run on every request for features no route here uses. */
    private const UNUSED_LISTENERS = [
        'argument_resolver.request_payload',
        'controller.cache_attribute_listener',
        'controller.is_signature_valid_attribute_listener',
        'locale_listener',
        'validate_request_listener',
    ];

    public function registerBundles(): iterable
    {
        yield new FrameworkBundle();
    }

    /** startup.sh names a directory of its own when the package brings no cache that fits it. */
    public function getCacheDir(): string
    {
        $directory = $_SERVER['APP_CACHE_DIR'] ?? null;

        return is_string($directory) && '' !== $directory ? $directory : $this->getProjectDir().'/var/cache/'.$this->environment;
    }

    public function getBuildDir(): string
    {
        return $this->getCacheDir();
    }

    public function getLogDir(): string
    {
        return $this->getCacheDir();
    }

    public function getProjectDir(): string
    {
        return dirname(__DIR__);
    }

    public function process(ContainerBuilder $container): void
    {
        foreach (self::UNUSED_LISTENERS as $id) {
            // Not lazy either: a proxy written by the PHP that builds the package would meet another PHP on the platform.
            $container->getDefinition($id)->clearTag('kernel.event_subscriber')->setLazy(false);
        }

        // The default matcher answers a surplus slash with a redirect to an absolute URL built from the Host header.
        $router = $container->getDefinition('router.default');
        /** @var array<string, mixed> $options */
        $options = $router->getArgument(2);
        $router->replaceArgument(2, ['matcher_class' => CompiledUrlMatcher::class] + $options);
    }

    protected function build(ContainerBuilder $container): void
    {
        // The same tree gives the same bytes: without this the dump carries the time it was made.
        $container->setParameter('kernel.container_build_time', 0);
    }

    private function configureRoutes(RoutingConfigurator $routes): void
    {
        $routes->import('./Controller/', 'attribute');
    }
}
