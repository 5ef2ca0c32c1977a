<?php

declare(strict_types=1);

// For PHPUnit: the classes of the runtime, which has no autoloader of its own.

spl_autoload_register(static function (string $class): void {
    $directories = ['Slipway\\Agent\\' => 'agent/src/', 'Slipway\\Workers\\Tests\\' => 'tests/', 'Slipway\\Workers\\' => 'workers/'];
    foreach ($directories as $namespace => $directory) {
        if (str_starts_with($class, $namespace)) {
            $file = dirname(__DIR__).'/'.$directory.substr($class, strlen($namespace)).'.php';
            if (is_file($file)) {
                require $file;
            }

            return;
        }
    }
});
