<?php

declare(strict_types=1);

use PhpCsFixer\Config;
use PhpCsFixer\Finder;

return (new Config())
    ->setRiskyAllowed(true)
    ->setRules([
        '@Symfony' => true,
        '@Symfony:risky' => true,
        'declare_strict_types' => true,
        'native_function_invocation' => false,
        'php_unit_method_casing' => ['case' => 'snake_case'],
        'phpdoc_align' => false,
        'single_line_throw' => false,
        'concat_space' => ['spacing' => 'none'],
        'ordered_class_elements' => true,
        'strict_comparison' => true,
    ])
    ->setFinder(Finder::create()->in([__DIR__.'/config', __DIR__.'/migrations', __DIR__.'/public', __DIR__.'/src', __DIR__.'/tests'])->append([__DIR__.'/bin/console', __DIR__.'/bin/pin-versions', __FILE__]));
