<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Test;

/** What is served under a name, wherever its bytes are. */
final class MediaTest extends MediaTestCase
{
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
}
