<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\Download;
use App\Tests\Servers\Runtime;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Test;

final class MediaTest extends FeatureTestCase
{
    private const PLACES = ['outbox', 'synced', 'mount', 'blob'];

    /** @return iterable<string, array{string}> */
    public static function places(): iterable
    {
        foreach (self::PLACES as $place) {
            yield $place => [$place];
        }
    }

    #[Test]
    #[DataProvider('places')]
    public function a_file_is_served_from_wherever_it_is(string $place): void
    {
        $name = self::ulid().'.png';
        $this->put($place, $name, self::png());

        $answer = $this->client->get('/media/'.$name);

        self::assertSame(200, $answer->status);
        self::assertSame(self::png(), $answer->body);
        self::assertSame('image/png', $answer->header('Content-Type'));
        self::assertSame((string) strlen(self::png()), $answer->header('Content-Length'));
        self::assertSame('bytes', $answer->header('Accept-Ranges'));
        self::assertEqualsCanonicalizing(['public', 'max-age=31536000', 'immutable'], array_map(trim(...), explode(',', (string) $answer->header('Cache-Control'))));
    }

    #[Test]
    public function one_name_has_one_strong_etag_and_one_set_of_headers_wherever_its_bytes_come_from(): void
    {
        foreach ([self::ulid().'.png' => self::png(), 'foreign '.self::ulid().'.png' => self::png(), 'x'.self::ulid().'.html' => '<script>alert(1)</script>'] as $name => $bytes) {
            $seen = [];
            foreach (self::PLACES as $place) {
                $path = $this->put($place, $name, $bytes);
                $headers = $this->client->get('/media/'.rawurlencode($name))->headers;
                unlink($path);
                unset($headers['date'], $headers['x-request-id']);
                $seen[$place] = $headers;
            }
            self::assertMatchesRegularExpression('/^"[^"]+"$/', $seen['outbox']['etag']);
            self::assertSame([$seen['outbox']], array_values(array_unique($seen, \SORT_REGULAR)));
        }
    }

    #[Test]
    public function a_foreign_file_that_is_overwritten_has_another_etag_though_its_length_is_the_same(): void
    {
        $name = 'again-'.self::ulid().'.txt';
        $this->put('outbox', $name, 'first!');
        $first = (string) $this->client->get('/media/'.$name)->header('ETag');
        $path = $this->put('outbox', $name, 'second');
        // The time does not change within the clock's resolution, or when a tool preserves it.
        touch($path, 1_000_000_000);

        $second = $this->client->get('/media/'.$name, ['If-None-Match' => $first]);

        self::assertSame([200, 'second'], [$second->status, $second->body]);
        self::assertNotSame($first, $second->header('ETag'));
    }

    #[Test]
    public function a_large_foreign_file_has_one_etag_wherever_its_bytes_come_from(): void
    {
        $name = 'large-'.self::ulid();
        $etags = [];
        foreach (self::PLACES as $place) {
            $path = $this->put($place, $name, str_repeat('x', 8 * 1024 * 1024 + 1));
            $etags[] = $this->client->send('HEAD', '/media/'.$name)->header('ETag');
            unlink($path);
        }

        self::assertCount(1, array_unique($etags));
    }

    /** @return iterable<string, array{string, string, int, string, string|null}> */
    public static function ranges(): iterable
    {
        foreach (self::PLACES as $place) {
            yield $place.': first bytes' => [$place, 'bytes=0-3', 206, '0123', 'bytes 0-3/10'];
            yield $place.': from the middle' => [$place, 'bytes=4-6', 206, '456', 'bytes 4-6/10'];
            yield $place.': to the end' => [$place, 'bytes=7-', 206, '789', 'bytes 7-9/10'];
            yield $place.': the last bytes' => [$place, 'bytes=-2', 206, '89', 'bytes 8-9/10'];
            yield $place.': more than there is' => [$place, 'bytes=8-100', 206, '89', 'bytes 8-9/10'];
            yield $place.': a longer tail than the file' => [$place, 'bytes=-100', 206, '0123456789', 'bytes 0-9/10'];
            yield $place.': beyond the end' => [$place, 'bytes=10-', 416, '', 'bytes */10'];
            yield $place.': an empty tail' => [$place, 'bytes=-0', 416, '', 'bytes */10'];
        }
        yield 'backwards' => ['outbox', 'bytes=5-3', 200, '0123456789', null];
        yield 'another unit' => ['outbox', 'lines=0-1', 200, '0123456789', null];
        yield 'nonsense' => ['outbox', 'bytes=a-b', 200, '0123456789', null];
        yield 'empty' => ['outbox', 'bytes=-', 200, '0123456789', null];
        yield 'several' => ['outbox', 'bytes=0-1,4-5', 200, '0123456789', null];
        yield 'huge numbers' => ['outbox', 'bytes=99999999999999999999999-', 200, '0123456789', null];
    }

    #[Test]
    #[DataProvider('ranges')]
    public function a_range_is_answered_with_that_part(string $place, string $range, int $status, string $body, ?string $contentRange): void
    {
        $name = 'range-'.self::ulid();
        $this->put($place, $name, '0123456789');

        $answer = $this->client->get('/media/'.$name, ['Range' => $range]);

        self::assertSame($status, $answer->status);
        self::assertSame($contentRange, $answer->header('Content-Range'));
        416 === $status ? self::assertProblem(416, $answer) : self::assertSame($body, $answer->body);
    }

    #[Test]
    public function conditions_are_kept(): void
    {
        $name = 'condition-'.self::ulid();
        $this->put('outbox', $name, '0123456789');
        $url = '/media/'.$name;
        $etag = (string) $this->client->get($url)->header('ETag');

        $same = $this->client->get($url, ['If-None-Match' => $etag]);
        self::assertSame(304, $same->status);
        self::assertSame('', $same->body);
        self::assertSame($etag, $same->header('ETag'));
        self::assertSame('max-age=60, public', $same->header('Cache-Control'));
        self::assertSame(304, $this->client->get($url, ['If-None-Match' => '"other", W/'.$etag])->status);
        self::assertSame(304, $this->client->get($url, ['If-None-Match' => '*'])->status);
        self::assertSame(304, $this->client->send('HEAD', $url, ['If-None-Match' => $etag])->status);
        self::assertSame(200, $this->client->get($url, ['If-None-Match' => '"other"'])->status);
        self::assertSame(304, $this->client->get($url, ['If-None-Match' => $etag, 'Range' => 'bytes=0-1'])->status);

        self::assertSame(206, $this->client->get($url, ['Range' => 'bytes=0-1', 'If-Range' => $etag])->status);
        self::assertSame(200, $this->client->get($url, ['Range' => 'bytes=0-1', 'If-Range' => '"other"'])->status);
        self::assertSame(200, $this->client->get($url, ['Range' => 'bytes=0-1', 'If-Range' => 'W/'.$etag])->status);
        self::assertSame(200, $this->client->get($url, ['Range' => 'bytes=0-1', 'If-Range' => 'Tue, 24 Nov 2026 08:00:00 GMT'])->status);

        self::assertSame(200, $this->client->get($url, ['If-Match' => $etag])->status);
        self::assertProblem(412, $this->client->get($url, ['If-Match' => '"other"']));
        self::assertProblem(412, $this->client->get($url, ['If-Match' => 'W/'.$etag]));
    }

    #[Test]
    public function head_answers_as_get_without_the_bytes(): void
    {
        $name = 'head-'.self::ulid();
        foreach (self::PLACES as $place) {
            $path = $this->put($place, $name, '0123456789');
            $answer = $this->client->send('HEAD', '/media/'.$name, ['Range' => 'bytes=0-1']);
            unlink($path);

            self::assertSame(200, $answer->status);
            self::assertSame('10', $answer->header('Content-Length'));
            self::assertSame('', $answer->body);
        }
    }

    /** @return iterable<string, array{string}> */
    public static function foreignNames(): iterable
    {
        foreach (['with space.png', 'sharp#1.png', '100%41.png', "it's.png", '🦊.png', str_repeat('n', 251).'.png', 'a/b/c/deep.png', 'plus+and&=;,@!$.png', 'é/ü.png', 'script.php', '.htaccess.png/x' => null] as $key => $name) {
            if (null !== $name) {
                yield $name => [$name];
            }
        }
    }

    #[Test]
    #[DataProvider('foreignNames')]
    public function a_foreign_name_is_served_for_a_minute(string $name): void
    {
        $this->put('outbox', $name, self::png());

        $answer = $this->client->get('/media/'.implode('/', array_map(rawurlencode(...), explode('/', $name))));

        self::assertSame(200, $answer->status);
        self::assertSame(self::png(), $answer->body);
        self::assertSame('max-age=60, public', $answer->header('Cache-Control'));
        self::assertSame('image/png', $answer->header('Content-Type'));
        self::assertNull($answer->header('Content-Disposition'));
    }

    #[Test]
    public function what_is_no_raster_image_is_an_attachment_in_a_sandbox(): void
    {
        foreach (['page.html' => '<script>alert(1)</script>', 'drawing.svg' => '<svg xmlns="http://www.w3.org/2000/svg"/>', 'liar.png' => '<html>', 'paper.pdf' => '%PDF-1.7', 'empty.txt' => ''] as $name => $bytes) {
            $name = self::ulid().'-'.$name;
            foreach (['outbox', 'blob'] as $place) {
                $path = $this->put($place, $name, $bytes);
                $answer = $this->client->get('/media/'.$name);
                unlink($path);

                self::assertSame(200, $answer->status);
                self::assertSame($bytes, $answer->body);
                self::assertSame('application/octet-stream', $answer->header('Content-Type'));
                self::assertSame('attachment', $answer->header('Content-Disposition'));
                self::assertSame('sandbox', $answer->header('Content-Security-Policy'));
                self::assertSame('nosniff', $answer->header('X-Content-Type-Options'));
            }
        }
    }

    /** @return iterable<string, array{string}> */
    public static function refusedPaths(): iterable
    {
        foreach ([
            '..', '.', '%2e%2e', '%2E%2e/secret', 'a/../secret', 'a/%2e%2e/secret', 'a/./secret', '%252e%252e/secret', '..%2fsecret', '..%5csecret', '%2e%2e%2fsecret',
            '.tmp-x', '.hidden', 'a/.hidden', '/secret', 'a//b', 'a/', 'a%2F', 'a:b', 'a%3Fb', 'a%7Cb', 'a%22b', 'a%3Cb', 'a*', 'a.', 'a%20', 'a%0Ab', 'a%7F', 'a%C2%85b', 'a%EF%BF%BE', '%FF', 'a%5Cb', str_repeat('n', 256),
        ] as $path) {
            yield $path => [$path];
        }
    }

    #[Test]
    #[DataProvider('refusedPaths')]
    public function a_path_that_climbs_out_or_cannot_be_is_not_found(string $path): void
    {
        file_put_contents($this->environment->mediaRoot.'/secret', 'SECRET');

        $answer = $this->client->get('/media/'.$path);

        self::assertContains($answer->status, [400, 404], $answer->body);
        self::assertProblem($answer->status, $answer);
    }

    #[Test]
    public function links_are_never_followed(): void
    {
        $outbox = $this->environment->mediaRoot.'/outbox';
        file_put_contents($this->environment->mediaRoot.'/secret', 'SECRET');
        @symlink($this->environment->mediaRoot.'/secret', $outbox.'/link.png');
        @symlink($this->environment->mediaRoot, $outbox.'/folder');
        @posix_mkfifo($outbox.'/fifo', 0o644);
        link($this->environment->mediaRoot.'/secret', $outbox.'/hard');
        @mkdir($outbox.'/directory');

        foreach (['link.png', 'folder/secret', 'fifo', 'directory', 'hard'] as $path) {
            self::assertProblem(404, $this->client->get('/media/'.$path));
        }
        unlink($outbox.'/link.png');
        unlink($outbox.'/folder');
        unlink($outbox.'/fifo');
        unlink($outbox.'/hard');

        link($this->environment->mediaRoot.'/secret', $this->environment->mediaRoot.'/synced/backed-up');
        self::assertSame(200, $this->client->get('/media/backed-up')->status, 'a backup makes hard links of carried files');
        unlink($this->environment->mediaRoot.'/synced/backed-up');
        rmdir($outbox.'/directory');
    }

    #[Test]
    public function the_newest_copy_is_served_first(): void
    {
        $name = 'copies-'.self::ulid();
        foreach (['blob', 'mount', 'synced', 'outbox'] as $place) {
            $this->put($place, $name, 'in '.$place);
            self::assertSame('in '.$place, $this->client->get('/media/'.$name)->body);
        }
    }

    #[Test]
    public function a_name_that_blob_cannot_have_is_not_found(): void
    {
        self::assertProblem(404, $this->client->get('/media/refused-by-blob'));
    }

    #[Test]
    public function an_unknown_name_is_404_and_never_kept_by_a_cache(): void
    {
        $answer = $this->client->get('/media/'.self::ulid().'.png');

        self::assertProblem(404, $answer);
        self::assertStringContainsString('no-store', (string) $answer->header('Cache-Control'));
    }

    #[Test]
    public function what_is_in_blob_only_is_503_while_blob_cannot_be_asked(): void
    {
        $name = self::ulid().'.png';
        $this->put('blob', $name, self::png());
        $this->environment->sidecar->blobIsUnavailable(true);
        try {
            $answer = $this->client->get('/media/'.$name);
        } finally {
            $this->environment->sidecar->blobIsUnavailable(false);
        }

        self::assertProblem(503, $answer);
        self::assertNotNull($answer->header('Retry-After'));
        self::assertSame(200, $this->client->get('/media/'.$name)->status);
    }

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

    /** @param int<0, max> $size */
    private function putSparse(string $place, string $name, int $size): string
    {
        $path = $this->put($place, $name, '');
        $file = fopen($path, 'r+');
        self::assertIsResource($file);
        ftruncate($file, $size);
        fclose($file);

        return $path;
    }

    private function put(string $place, string $name, string $bytes): string
    {
        $directory = match ($place) {
            'mount' => $this->environment->mount,
            'blob' => $this->environment->sidecar->blob,
            default => $this->environment->mediaRoot.'/'.$place,
        };
        $path = $directory.'/'.$name;
        @mkdir(dirname($path), 0o755, true);
        file_put_contents($path, $bytes);

        return $path;
    }

    private static function png(): string
    {
        static $png = null;
        if (!is_string($png)) {
            $image = imagecreatetruecolor(8, 8);
            ob_start();
            imagepng($image);
            $png = (string) ob_get_clean();
        }

        return $png;
    }
}
