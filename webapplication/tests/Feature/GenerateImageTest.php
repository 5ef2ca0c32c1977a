<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\Text;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Test;

final class GenerateImageTest extends FeatureTestCase
{
    #[Test]
    public function an_image_is_made_stored_durable_and_readable_at_once(): void
    {
        $before = time();
        $made = $this->client->send('POST', '/api/generate-image');
        $after = time();
        $read = $this->client->get($made->text('url'));

        self::assertSame(201, $made->status);
        self::assertSame($made->text('url'), $made->header('Location'));
        self::assertSame('/media/'.$made->text('name'), $made->text('url'));
        self::assertStringContainsString('no-store', (string) $made->header('Cache-Control'));
        self::assertMatchesRegularExpression('/^[0-7][0-9A-HJKMNP-TV-Z]{25}\.png$/', $made->text('name'));
        self::assertTrue($made->json()['durable']);
        self::assertFileExists($this->environment->sidecar->blob.'/'.$made->text('name'));
        self::assertSame($made->text('sha256'), hash('sha256', $read->body));
        self::assertSame((int) $made->text('bytes'), strlen($read->body));
        self::assertSame([500, 500, \IMAGETYPE_PNG], array_slice((array) getimagesizefromstring($read->body), 0, 3));
        self::assertContains(strtotime($made->text('createdAt')), range($before, $after));
    }

    /** @return iterable<string, array{string, int, int, string, int}> */
    public static function orders(): iterable
    {
        yield 'png' => ['format=png&width=16&height=2000', 16, 2000, 'png', \IMAGETYPE_PNG];
        yield 'jpeg' => ['format=jpeg&width=2000', 2000, 500, 'jpg', \IMAGETYPE_JPEG];
        yield 'webp' => ['height=17&format=webp', 500, 17, 'webp', \IMAGETYPE_WEBP];
    }

    #[Test]
    #[DataProvider('orders')]
    public function format_and_size_are_what_was_ordered(string $query, int $width, int $height, string $extension, int $type): void
    {
        $made = $this->client->get('/api/generate-image?'.$query);
        $read = $this->client->get($made->text('url'));

        self::assertSame(201, $made->status);
        self::assertStringEndsWith('.'.$extension, $made->text('name'));
        self::assertSame([$width, $height, $type], array_slice((array) getimagesizefromstring($read->body), 0, 3));
        self::assertSame(image_type_to_mime_type($type), $read->header('Content-Type'));
    }

    /** @return iterable<string, array{string}> */
    public static function badQueries(): iterable
    {
        foreach (['format=gif', 'format=', 'format[]=png', 'width=15', 'width=2001', 'width=-16', 'width=5e2', 'width=100.0', 'width=%20100', 'height=0x20',
            'height[]=20', 'width=99999999999999999999', 'size=5', 'width=100&extra', '0=1', 'WIDTH=100'] as $query) {
            yield $query => [$query];
        }
    }

    #[Test]
    #[DataProvider('badQueries')]
    public function an_option_that_is_bad_or_unknown_is_refused(string $query): void
    {
        self::assertProblem(422, $this->client->send('POST', '/api/generate-image?'.$query));
    }

    #[Test]
    public function only_post_and_get_make_images(): void
    {
        foreach (['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'] as $method) {
            $answer = $this->client->send($method, '/api/generate-image');

            self::assertSame(405, $answer->status, $method);
            self::assertEqualsCanonicalizing(['GET', 'POST'], array_map(trim(...), explode(',', (string) $answer->header('Allow'))), $method);
        }
    }

    #[Test]
    public function a_page_of_another_site_cannot_make_images_with_a_plain_link(): void
    {
        self::assertProblem(403, $this->client->get('/api/generate-image', ['Sec-Fetch-Site' => 'cross-site']));
        self::assertSame(201, $this->client->get('/api/generate-image', ['Sec-Fetch-Site' => 'same-origin'])->status);
        self::assertSame(201, $this->client->send('POST', '/api/generate-image', ['Sec-Fetch-Site' => 'cross-site'])->status);
    }

    #[Test]
    public function the_url_is_never_built_from_the_host_header(): void
    {
        $made = $this->client->send('POST', '/api/generate-image', ['Host' => 'evil.example', 'X-Forwarded-Host' => 'evil.example']);

        self::assertStringStartsWith('/media/', (string) $made->header('Location'));
        self::assertStringNotContainsString('evil', $made->body);
    }

    #[Test]
    public function no_two_images_are_equal(): void
    {
        $hashes = array_map(fn (): string => $this->client->send('POST', '/api/generate-image')->text('sha256'), range(1, 5));

        self::assertCount(5, array_unique($hashes));
    }

    #[Test]
    public function with_blob_unavailable_the_image_is_readable_and_not_yet_durable(): void
    {
        $this->environment->sidecar->blobIsUnavailable(true);
        try {
            $this->environment->sidecar->forget();
            $made = $this->client->send('POST', '/api/generate-image');
            $carries = array_filter($this->environment->sidecar->requests(), static fn (array $request): bool => str_starts_with(Text::of($request['uri']), '/carry'));
            $read = $this->client->get($made->text('url'));
        } finally {
            $this->environment->sidecar->blobIsUnavailable(false);
        }

        self::assertSame(201, $made->status);
        self::assertFalse($made->json()['durable']);
        self::assertSame($made->text('sha256'), hash('sha256', $read->body));
        self::assertCount(1, $carries, 'it is not asked again');
    }
}
