<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Test;

/** Parts of a file, and what a client has already. */
final class MediaRangesTest extends MediaTestCase
{
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
}
