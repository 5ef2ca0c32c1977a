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

    /** Listeners of the framework that run on every request for features that no route uses. */
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

    /** startup.sh sets APP_CACHE_DIR when the package has no compiled cache. */
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
            // Not lazy: the generated proxy depends on the PHP version, and the package is built with another one than it runs on.
            $container->getDefinition($id)->clearTag('kernel.event_subscriber')->setLazy(false);
        }

        // The default matcher redirects a path with a trailing slash to an absolute URL made from the Host header.
        $router = $container->getDefinition('router.default');
        /** @var array<string, mixed> $options */
        $options = $router->getArgument(2);
        $router->replaceArgument(2, ['matcher_class' => CompiledUrlMatcher::class] + $options);
    }

    protected function build(ContainerBuilder $container): void
    {
        // Without this the dumped container contains the build time, and the same tree would not give the same package.
        $container->setParameter('kernel.container_build_time', 0);
    }

    private function configureRoutes(RoutingConfigurator $routes): void
    {
        $routes->import('./Controller/', 'attribute');
    }
}
