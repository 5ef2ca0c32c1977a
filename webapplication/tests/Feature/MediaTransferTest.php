<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\Download;
use App\Tests\Servers\Runtime;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Test;

/** Large files, slow clients and places that change while a file is sent. */
final class MediaTransferTest extends MediaTestCase
{
    #[Test]
    public function a_big_file_passes_without_counting_in_memory(): void
    {
        $name = 'big-'.self::ulid();
        $path = $this->environment->mediaRoot.'/outbox/'.$name;
        $file = fopen($path, 'w');
        self::assertIsResource($file);
        ftruncate($file, 300_000_000);
        fclose($file);

        $answer = $this->client->get('/media/'.$name, ['Range' => 'bytes=299999990-']);
        $whole = $this->client->send('HEAD', '/media/'.$name);

        self::assertSame(206, $answer->status);
        self::assertSame(str_repeat("\0", 10), $answer->body);
        self::assertSame('300000000', $whole->header('Content-Length'));
        unlink($path);
    }

    #[Test]
    public function a_large_file_keeps_no_worker_busy_while_it_is_sent(): void
    {
        $application = $this->environment->another(['FPM_MAX_CHILDREN' => '1']);
        $application->start();
        $application->awaitReady();
        foreach (self::PLACES as $place) {
            $name = 'large-'.self::ulid();
            $path = $this->putSparse($place, $name, 64 * 1024 * 1024);
            $this->assertSoon('a worker answers', static fn (): bool => 200 === $application->client()->get('/api/ping')->status);
            $download = new Download($application->port, '/media/'.$name);
            $download->read();
            foreach ($application->workers() as $worker) {
                posix_kill($worker, \SIGKILL);
            }

            self::assertStringContainsString(' 200 ', $download->head, $place);
            self::assertSame(64 * 1024 * 1024, $download->finish(), $place);
            unlink($path);
        }
        $application->stop();
    }

    #[Test]
    public function a_response_that_only_php_can_send_may_take_longer_than_other_requests(): void
    {
        // The same limit, shorter. php-fpm checks it once a second.
        $runtime = Runtime::altered($this->environment->directory.'/runtime-slow', 'php-fpm.conf', 'request_terminate_timeout = @REQUEST_SECONDS@s', 'request_terminate_timeout = 1s');
        $application = $this->environment->another(['FPM_MAX_CHILDREN' => '1'], null, $runtime);
        $application->start();
        $application->awaitReady();
        foreach (['outbox', 'blob'] as $place) {
            $name = 'large-'.self::ulid();
            $path = $this->putSparse($place, $name, 48 * 1024 * 1024);
            $etag = (string) $application->client()->send('HEAD', '/media/'.$name)->header('ETag');
            $download = new Download($application->port, '/media/'.$name, ['If-Match' => $etag]);

            self::assertSame(48 * 1024 * 1024, $download->finishSlowly(16 * 1024 * 1024), $place);
            unlink($path);
        }
        $application->stop();
    }

    #[Test]
    public function a_file_that_has_moved_on_before_nginx_opens_it_is_looked_for_again(): void
    {
        $name = 'moving-'.self::ulid();
        $this->put('synced', $name, 'bytes');
        // nginx finds nothing in the directory that PHP names, as if the file had just left it.
        $runtime = Runtime::altered($this->environment->directory.'/runtime-moving', 'nginx.conf', 'alias "@MEDIA_ROOT@/synced/"', 'alias "@MEDIA_ROOT@/journal/"');
        $application = $this->environment->another(['FPM_MAX_CHILDREN' => '1'], null, $runtime);
        $application->start();
        $application->awaitReady();
        $answer = $application->client()->get('/media/'.$name);
        $application->stop();

        self::assertSame([200, 'bytes'], [$answer->status, $answer->body]);
        self::assertSame($this->client->get('/media/'.$name)->header('ETag'), $answer->header('ETag'));
    }

    #[Test]
    public function a_blob_that_falls_silent_ends_the_response(): void
    {
        $name = 'silent-'.self::ulid();
        $this->putSparse('blob', $name, 64 * 1024 * 1024);
        // The same limit, shorter.
        $runtime = Runtime::altered($this->environment->directory.'/runtime-silent', 'nginx.conf', 'proxy_read_timeout 30s', 'proxy_read_timeout 1s');
        $application = $this->environment->another(['FPM_MAX_CHILDREN' => '1'], null, $runtime);
        $application->start();
        $application->awaitReady();
        $download = new Download($application->port, '/media/'.$name);
        $download->read();
        $this->environment->sidecar->suspend();
        $received = $download->finish();
        $this->environment->sidecar->resume();
        $application->stop();

        self::assertStringContainsString('Content-Length: '. 64 * 1024 * 1024, $download->head);
        self::assertLessThan(64 * 1024 * 1024, $received);
    }

    /**
     * The whole of what the shorter tests prove: over 1 GiB to a client at 10 MB/s, which takes 110 s. `npm test -- long`.
     *
     * @param int<0, max> $size
     */
    #[Test]
    #[DataProvider('longPlaces')]
    public function a_file_over_1_gib_reaches_a_slow_client_whole(string $place, int $size, int $bytesPerSecond): void
    {
        $name = 'huge-'.self::ulid();
        $path = $this->putSparse($place, $name, $size);
        $download = new Download($this->environment->application->port, '/media/'.$name);

        self::assertSame($size, $download->finishSlowly($bytesPerSecond));
        unlink($path);
    }

    /** @return iterable<string, array{string, int<0, max>, int}> */
    public static function longPlaces(): iterable
    {
        foreach ('long' === getenv('SLIPWAY_TEST_FORM') ? self::PLACES : [] as $place) {
            yield $place => [$place, 1100 * 1024 * 1024, 10_000_000];
        }
        yield 'in short' => ['outbox', 3_000_000, 100_000_000];
    }
}
