<?php

declare(strict_types=1);

// php-fpm loads this once at start (opcache.preload in appservice/php.ini).
$cache = getenv('APP_CACHE_DIR');
$generated = (false === $cache ? dirname(__DIR__).'/var/cache/prod' : $cache).'/App_KernelProdContainer.preload.php';

if (is_file($generated)) {
    require $generated;
}
