<?php

declare(strict_types=1);

use Doctrine\DBAL\Driver\Middleware\AbstractConnectionMiddleware;
use Doctrine\DBAL\Driver\Middleware\AbstractDriverMiddleware;
use Doctrine\DBAL\Driver\Middleware\AbstractStatementMiddleware;

// php-fpm preloads this at start (opcache.preload): the classes the container lists, and all of src/.
$cache = getenv('APP_CACHE_DIR');
$generated = (false === $cache ? dirname(__DIR__).'/var/cache/prod' : $cache).'/App_KernelProdContainer.preload.php';

if (is_file($generated)) {
    require $generated;

    // An anonymous class can only be preloaded after its parent, and these are not among the container's classes.
    array_map(class_exists(...), [AbstractDriverMiddleware::class, AbstractConnectionMiddleware::class, AbstractStatementMiddleware::class]);

    $source = dirname(__DIR__).'/src/';
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($source, FilesystemIterator::SKIP_DOTS)) as $file) {
        if ($file instanceof SplFileInfo && 1 === preg_match('/^[A-Z]\w*\.php$/D', $file->getFilename())) {
            class_exists('App\\'.strtr(substr($file->getPathname(), strlen($source), -4), '/', '\\'));
        }
    }
}
