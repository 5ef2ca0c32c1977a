<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Test;

/** Names that others chose, and paths that lead elsewhere. */
final class MediaNamesTest extends MediaTestCase
{
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
    public function a_name_that_blob_cannot_have_is_not_found(): void
    {
        self::assertProblem(404, $this->client->get('/media/refused-by-blob'));
    }
}
