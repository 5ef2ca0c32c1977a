<?php

declare(strict_types=1);

namespace App\Tests\Unit;

use App\Health\HealthReport;
use App\Health\SharedHealthReport;
use App\Health\Status;
use App\Release\Version;
use App\Settings;
use App\Tests\Servers\Wait;
use PHPUnit\Framework\Attributes\Test;
use PHPUnit\Framework\TestCase;

final class SharedHealthReportTest extends TestCase
{
    #[Test]
    public function a_request_waits_for_the_report_that_is_being_made_and_takes_it(): void
    {
        $directory = sys_get_temp_dir().'/slipway-php-report-'.bin2hex(random_bytes(4));
        mkdir($directory.'/tmp', recursive: true);
        putenv('RUN_DIR='.$directory);
        $maker = $this->makeInAnotherProcess($directory);
        $_SERVER['REQUEST_ARRIVED_AT'] = (string) microtime(true);
        touch($directory.'/arrived');
        $report = new SharedHealthReport(new HealthReport([], new Version('own', null, null)), Settings::fromEnvironment());

        $shared = $report->get();
        $_SERVER['REQUEST_ARRIVED_AT'] = (string) (microtime(true) + 1);
        $own = $report->get();
        unset($_SERVER['REQUEST_ARRIVED_AT']);
        putenv('RUN_DIR');
        pcntl_waitpid($maker, $status);
        exec('rm -rf '.escapeshellarg($directory));

        self::assertSame([Status::Warn, ['of' => 'the other']], $shared);
        self::assertSame('own', $own[1]['releaseId'] ?? null);
    }

    /** Holds the lock until the request has arrived, and a moment longer so that it meets the lock. */
    private function makeInAnotherProcess(string $directory): int
    {
        $maker = pcntl_fork();
        if (0 === $maker) {
            $file = fopen($directory.'/tmp/health.json', 'c+');
            if (false !== $file) {
                flock($file, \LOCK_EX);
                touch($directory.'/locked');
                Wait::until('the request has arrived', static function () use ($directory): bool {
                    clearstatcache();

                    return is_file($directory.'/arrived');
                });
                usleep(200_000);
                fwrite($file, json_encode(['madeAt' => microtime(true), 'status' => 'warn', 'document' => ['of' => 'the other']], \JSON_THROW_ON_ERROR | \JSON_PRESERVE_ZERO_FRACTION));
                fflush($file);
            }
            // The child must not run the shutdown functions that stop the parent's servers.
            posix_kill(posix_getpid(), \SIGKILL);
        }
        Wait::until('the other process has the lock', static fn (): bool => is_file($directory.'/locked'));

        return $maker;
    }
}
