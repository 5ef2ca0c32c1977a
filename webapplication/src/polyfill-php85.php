<?php

declare(strict_types=1);

// Stands in for symfony/polyfill-php85, which composer.json replaces: of PHP 8.5's functions the installed packages call this one only.
if (\PHP_VERSION_ID < 80500 && !function_exists('get_error_handler')) {
    function get_error_handler(): ?callable
    {
        $handler = set_error_handler(null);
        restore_error_handler();

        return $handler;
    }
}
