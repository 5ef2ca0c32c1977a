<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\Files;
use App\Tests\Servers\Text;
use App\Tests\Servers\Wait;
use PHPUnit\Framework\Attributes\Test;

final class ListImagesTest extends FeatureTestCase
{
    #[Test]
    public function images_are_listed_newest_first_and_page_by_page_without_gap_or_repeat(): void
    {
        $this->environment->mysql->query('DELETE FROM images');
        $made = [];
        for ($image = 0; $image < 7; ++$image) {
            $made[] = $this->client->send('POST', '/api/generate-image?width=16&height=16')->json();
            usleep(2000);
        }

        $listed = [];
        $cursor = null;
        do {
            $page = $this->client->get('/api/images?limit=3'.(null === $cursor ? '' : '&cursor='.$cursor))->json();
            self::assertIsArray($page['items']);
            self::assertLessThanOrEqual(3, count($page['items']));
            array_push($listed, ...$page['items']);
            $cursor = $page['nextCursor'];
        } while (is_string($cursor));

        self::assertSame(array_reverse(array_column($made, 'name')), array_column($listed, 'name'));
        self::assertSame(array_reverse(array_column($made, 'sha256')), array_column($listed, 'sha256'));
        self::assertSame(array_reverse(array_column($made, 'createdAt')), array_column($listed, 'createdAt'));
        self::assertCount(7, (array) $this->client->get('/api/images?limit=7')->json()['items']);
        self::assertNull($this->client->get('/api/images?limit=7')->json()['nextCursor']);
    }

    #[Test]
    public function a_bad_limit_cursor_or_option_is_refused(): void
    {
        foreach (['limit=0', 'limit=101', 'limit=-1', 'limit=1.5', 'limit[]=1', 'limit=', 'cursor=', 'cursor=x', 'cursor[]=x', 'page=2'] as $query) {
            self::assertProblem(422, $this->client->get('/api/images?'.$query));
        }
    }

    #[Test]
    public function a_row_that_mysql_cannot_take_waits_in_the_journal_until_it_is_flushed(): void
    {
        $this->environment->mysql->stop();
        $made = $this->client->send('POST', '/api/generate-image?width=16&height=16');
        $journal = Files::matching($this->environment->mediaRoot.'/journal/*.json');
        $flushed = $this->client->send('POST', '/internal/journal/flush', self::releaseToken());
        $listed = $this->client->get('/api/images');
        $this->environment->mysql->start();
        $this->environment->mysql->awaitReady();

        self::assertSame(201, $made->status);
        self::assertCount(1, $journal);
        self::assertProblem(503, $flushed);
        self::assertProblem(503, $listed);
        Wait::until('the journal is flushed', fn (): bool => 200 === $this->client->send('POST', '/internal/journal/flush', self::releaseToken())->status && [] === Files::matching($this->environment->mediaRoot.'/journal/*.json'));
        self::assertSame([], Files::matching($this->environment->mediaRoot.'/journal/*'));
        self::assertSame([$made->text('name')], array_column((array) $this->client->get('/api/images?limit=1')->json()['items'], 'name'));
    }

    #[Test]
    public function a_row_that_mysql_will_never_take_is_set_aside_with_its_reason_and_stops_no_other(): void
    {
        $journal = $this->environment->mediaRoot.'/journal';
        $good = array_map(static fn (): string => self::ulid(), range(1, 3));
        $poisoned = ['id' => self::ulid(), 'name' => '../../evil', 'width' => 70_000, 'height' => 0, 'contentType' => 'image/jpeg', 'sha256' => '🦊', 'createdAt' => '12345-01-01T00:00:00Z', 'bytes' => -1];
        $ids = [];
        file_put_contents($journal.'/'.($ids['no row'] = '00000000000000000000000000').'.json', '{"id":1');
        foreach ($poisoned as $member => $value) {
            // Rows are flushed oldest first, so all of these come before the valid ones.
            $ids[$member] = '0000000000000000000000000'.count($ids);
            file_put_contents($journal.'/'.$ids[$member].'.json', json_encode([$member => $value] + self::row($ids[$member])));
        }
        foreach ($good as $id) {
            file_put_contents($journal.'/'.$id.'.json', json_encode(self::row($id)));
        }

        $flushed = $this->client->send('POST', '/internal/journal/flush', self::releaseToken());
        $state = $this->client->get('/internal/media', self::releaseToken());

        self::assertSame(200, $flushed->status, $flushed->body);
        self::assertSame(['written' => 3, 'left' => 0, 'refused' => count($ids)], $flushed->json());
        self::assertSame(['waiting' => 0, 'refused' => count($ids), 'oldestSeconds' => 0], $state->json()['rows']);
        self::assertSame(3, (int) $this->environment->mysql->query("SELECT COUNT(*) FROM images WHERE id IN ('".implode("','", $good)."')")->fetchColumn());
        foreach ($ids as $what => $id) {
            self::assertFileDoesNotExist($journal.'/'.$id.'.json');
            self::assertFileExists($journal.'-rejected/'.$id.'.json', $what);
            self::assertStringNotEqualsFile($journal.'-rejected/'.$id.'.reason', "\n", $what);
            $this->assertSoon('it is logged', fn (): bool => str_contains($this->environment->application->logged(), $id.'.json'));
        }
        array_map(unlink(...), Files::matching($journal.'-rejected/*'));
    }

    #[Test]
    public function what_is_no_regular_file_in_the_journal_is_rejected_and_hangs_nobody(): void
    {
        $media = $this->environment->mediaRoot;
        $ids = array_map(static fn (): string => self::ulid(), range(0, 5));
        posix_mkfifo($media.'/journal/'.$ids[0].'.json', 0o644);
        file_put_contents($media.'/elsewhere.json', json_encode(self::row($ids[1])));
        symlink($media.'/elsewhere.json', $media.'/journal/'.$ids[1].'.json');
        file_put_contents($media.'/elsewhere2.json', json_encode(self::row($ids[2])));
        link($media.'/elsewhere2.json', $media.'/journal/'.$ids[2].'.json');
        mkdir($media.'/journal/'.$ids[3].'.json');
        chmod($media.'/journal/'.$ids[3].'.json', 0o777);
        file_put_contents($media.'/journal/'.$ids[4].'.json', str_repeat(' ', 5000).json_encode(self::row($ids[4])));
        file_put_contents($media.'/journal/'.$ids[5].'.json', json_encode(self::row($ids[5])));
        // A reason is written to a new file, not through a link.
        @mkdir($media.'/journal-rejected');
        symlink($media.'/overwritten', $media.'/journal-rejected/'.$ids[0].'.reason');

        $flushed = $this->client->send('POST', '/internal/journal/flush', self::releaseToken());
        $count = (int) $this->environment->mysql->query("SELECT COUNT(*) FROM images WHERE id IN ('".implode("','", $ids)."')")->fetchColumn();
        $left = Files::matching($media.'/journal/*');
        exec('rm -rf '.escapeshellarg($media.'/journal-rejected').' '.escapeshellarg($media).'/elsewhere*');

        self::assertSame(['written' => 1, 'left' => 0, 'refused' => 5], $flushed->json());
        self::assertSame(1, $count);
        self::assertSame([], $left);
        self::assertFileDoesNotExist($media.'/overwritten');
    }

    #[Test]
    public function a_row_that_is_flushed_twice_is_there_once(): void
    {
        $made = $this->client->send('POST', '/api/generate-image?width=16&height=16')->json();
        $id = substr(Text::of($made['name']), 0, 26);
        $row = ['name' => $made['name'], 'bytes' => $made['bytes'], 'sha256' => $made['sha256'], 'createdAt' => $made['createdAt']] + self::row($id);
        file_put_contents($this->environment->mediaRoot.'/journal/'.$id.'.json', json_encode($row));

        self::assertSame(200, $this->client->send('POST', '/internal/journal/flush', self::releaseToken())->status);
        self::assertSame(1, (int) $this->environment->mysql->query("SELECT COUNT(*) FROM images WHERE id = '$id'")->fetchColumn());
    }

    /** @return array<string, int|string> */
    private static function row(string $id): array
    {
        return ['id' => $id, 'name' => $id.'.png', 'contentType' => 'image/png', 'width' => 16, 'height' => 16, 'bytes' => 99, 'sha256' => str_repeat('0', 64), 'createdAt' => '2026-11-24T08:00:00.000Z'];
    }
}
