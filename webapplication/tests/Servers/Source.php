<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** The directory of the application under test: this checkout, or a copy when the workers' user cannot read it. */
final class Source
{
    private static ?string $directory = null;

    public static function directory(): string
    {
        return self::$directory ??= self::find();
    }

    private static function find(): string
    {
        $here = dirname(__DIR__, 2);
        if (0 === posix_geteuid()) {
            // php-fpm's workers run as www-data when this is root, and some packages contain files that only their owner may read.
            exec('chmod -R a+rX '.escapeshellarg($here.'/vendor'));
            exec('setpriv --reuid www-data --regid www-data --clear-groups test -r '.escapeshellarg($here.'/vendor/autoload.php'), $output, $code);
            if (0 !== $code) {
                $copy = sys_get_temp_dir().'/slipway-php-source-'.bin2hex(random_bytes(4));
                exec(sprintf('cp -r %s %s && chmod -R a+rX %2$s', escapeshellarg($here), escapeshellarg($copy)));
                register_shutdown_function(static fn () => exec('rm -rf '.escapeshellarg($copy)));

                return $copy;
            }
        }

        return $here;
    }
}
