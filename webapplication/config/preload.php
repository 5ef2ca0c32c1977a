<?php

declare(strict_types=1);

// php-fpm preloads this at start (opcache.preload in appservice/php.ini): the classes the container lists, and all of src/.
$cache = getenv('APP_CACHE_DIR');
$generated = (false === $cache ? dirname(__DIR__).'/var/cache/prod' : $cache).'/App_KernelProdContainer.preload.php';

if (is_file($generated)) {
    require $generated;

    $source = dirname(__DIR__).'/src/';
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($source, FilesystemIterator::SKIP_DOTS)) as $file) {
        if ($file instanceof SplFileInfo && 1 === preg_match('/^[A-Z]\w*\.php$/D', $file->getFilename())) {
            class_exists('App\\'.strtr(substr($file->getPathname(), strlen($source), -4), '/', '\\'));
        }
    }
}
