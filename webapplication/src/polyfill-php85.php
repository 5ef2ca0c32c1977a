<?php

declare(strict_types=1);

// Replaces symfony/polyfill-php85, see composer.json. This is the only function of PHP 8.5 that the installed packages call.
if (\PHP_VERSION_ID < 80500 && !function_exists('get_error_handler')) {
    function get_error_handler(): ?callable
    {
        $handler = set_error_handler(null);
        restore_error_handler();

        return $handler;
    }
}
