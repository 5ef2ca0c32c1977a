<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** php-fpm, with a file size limit that makes write() fail as on a full disk, also for root. */
final class Fpm
{
    public static function program(): string
    {
        return 'php-fpm'.\PHP_MAJOR_VERSION.'.'.\PHP_MINOR_VERSION;
    }

    /** @return string path of a php-fpm that is not ended when it meets the limit */
    public static function whoseDiskMayBeFull(string $directory): string
    {
        $script = $directory.'/fpm';
        file_put_contents($script, "#!/bin/bash\ntrap '' XFSZ\nexec ".self::program().' "$@"');
        chmod($script, 0o755);

        return $script;
    }

    /** @param string $bytes how far any file may grow, or unlimited */
    public static function limitFiles(int $worker, string $bytes): void
    {
        // Only the process's own user may set limits; in some containers not even root may.
        $asUser = 0 === posix_geteuid() ? 'setpriv --reuid www-data --regid www-data --clear-groups ' : '';
        // A worker changes its user shortly after it was started.
        Wait::until('prlimit may limit worker '.$worker, static function () use ($asUser, $worker, $bytes): bool {
            exec(sprintf('%sprlimit --pid %d --fsize=%s:unlimited 2>&1', $asUser, $worker, $bytes), $output, $code);

            return 0 === $code;
        });
    }
}
