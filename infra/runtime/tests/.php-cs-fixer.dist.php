<?php

declare(strict_types=1);

use PhpCsFixer\Finder;

// As the built-in application's; but configure.php has a class and is a program.
$config = require dirname(__DIR__, 3).'/webapplication/.php-cs-fixer.dist.php';

return $config
    ->setCacheFile(dirname(__DIR__, 3).'/.setup/php-cs-fixer-runtime.cache')
    ->setRules($config->getRules() + ['psr_autoloading' => false])
    ->setFinder(Finder::create()->in(dirname(__DIR__))->append([__FILE__]));
