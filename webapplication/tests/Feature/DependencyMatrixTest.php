<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\Answer;
use App\Tests\Servers\Server;
use App\Tests\Servers\Wait;
use App\Tests\Servers\World;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Test;

/** What each route answers while a dependency is down or hangs; docs/reference/dependencies-down.md is this table. */
final class DependencyMatrixTest extends FeatureTestCase
{
    private const DOCUMENT = __DIR__.'/../../../docs/reference/dependencies-down.md';

    /** Route => what it answers while all is well. */
    private const WELL = [
        'GET /' => '200',
        'GET /api/ping' => '200',
        'POST /api/generate-image' => '201 durable',
        'GET /media/{here}' => '200',
        'GET /media/{in Blob only}' => '200',
        'GET /media/{unknown}' => '404',
        'GET /api/images' => '200',
        'PUT /api/cache/{key}' => '201',
        'GET /api/cache/{key}' => '200',
        'DELETE /api/cache/{key}' => '204',
        'GET /api/health' => '200 pass',
        'GET /api/health/live' => '200',
        'GET /version' => '200 with schema',
    ];

    /** State => the routes that answer otherwise. */
    private const OTHERWISE = [
        'MySQL down' => ['GET /api/images' => '503', 'GET /api/health' => '503 fail', 'GET /version' => '200 without schema'],
        'MySQL hanging' => ['GET /api/images' => '503', 'GET /api/health' => '503 fail', 'GET /version' => '200 without schema'],
        'Redis down' => ['PUT /api/cache/{key}' => '503', 'GET /api/cache/{key}' => '503', 'DELETE /api/cache/{key}' => '503', 'GET /api/health' => '503 fail'],
        'Redis hanging' => ['PUT /api/cache/{key}' => '503', 'GET /api/cache/{key}' => '503', 'DELETE /api/cache/{key}' => '503', 'GET /api/health' => '503 fail'],
        'Sidecar down' => ['POST /api/generate-image' => '201 not yet durable', 'GET /media/{in Blob only}' => '503', 'GET /media/{unknown}' => '503', 'GET /api/health' => '200 warn'],
        'Sidecar hanging' => ['POST /api/generate-image' => '201 not yet durable', 'GET /media/{in Blob only}' => '503', 'GET /media/{unknown}' => '503', 'GET /api/health' => '200 warn'],
        'Blob down' => ['POST /api/generate-image' => '201 not yet durable', 'GET /media/{in Blob only}' => '503', 'GET /media/{unknown}' => '503', 'GET /api/health' => '200 warn'],
        'Blob hanging' => ['POST /api/generate-image' => '201 not yet durable', 'GET /media/{in Blob only}' => '503', 'GET /media/{unknown}' => '503', 'GET /api/health' => '200 warn'],
        'Disk refuses' => ['POST /api/generate-image' => '503', 'GET /api/health' => '503 fail'],
    ];

    /** No answer takes longer than this, in seconds: the longest wait is for a sidecar that took the call and says nothing. */
    private const SLOWEST = 3.5;

    /** @return iterable<string, array{string}> */
    public static function states(): iterable
    {
        foreach (array_keys(self::OTHERWISE) as $state) {
            yield $state => [$state];
        }
    }

    #[Test]
    #[DataProvider('states')]
    public function each_route_answers_as_agreed_and_everything_heals(string $state): void
    {
        $this->client->send('PUT', '/api/cache/matrix', ['Content-Type' => 'application/json'] + self::token(), '{"value":1}');
        self::assertSame(self::WELL, $this->answers(), $this->client->get('/api/health')->body);

        $this->begin($state);
        try {
            $answers = $this->answers();
        } finally {
            $this->finish($state);
        }

        self::assertSame(array_merge(self::WELL, self::OTHERWISE[$state]), $answers);
        if ('Redis down' === $state) {
            $this->client->send('PUT', '/api/cache/matrix', ['Content-Type' => 'application/json'] + self::token(), '{"value":1}');
        }
        $this->assertSoon('everything heals', fn (): bool => self::WELL === $this->answers(), 8);
        Wait::until('the journal is empty again', fn (): bool => 200 === $this->client->send('POST', '/internal/journal/flush', self::releaseToken())->status);
    }

    #[Test]
    public function the_document_shows_this_table(): void
    {
        $table = '| route | all well | '.implode(' | ', array_keys(self::OTHERWISE))." |\n|---|---|".str_repeat('---|', count(self::OTHERWISE))."\n";
        foreach (self::WELL as $route => $well) {
            $table .= sprintf('| `%s` | %s |', $route, $well);
            foreach (self::OTHERWISE as $changes) {
                $table .= isset($changes[$route]) ? ' **'.$changes[$route].'** |' : ' same |';
            }
            $table .= "\n";
        }

        self::assertStringContainsString($table, (string) file_get_contents(self::DOCUMENT));
    }

    private function begin(string $state): void
    {
        match ($state) {
            'Blob down' => $this->world->sidecar->blobIsAway(true),
            'Blob hanging' => $this->world->sidecar->blobHangs(true),
            'Disk refuses' => $this->takeOutbox(),
            default => str_ends_with($state, 'hanging') ? $this->server($state)->hang() : $this->server($state)->stop(),
        };
    }

    private function finish(string $state): void
    {
        if ('Blob down' === $state) {
            $this->world->sidecar->blobIsAway(false);
        } elseif ('Blob hanging' === $state) {
            $this->world->sidecar->blobHangs(false);
        } elseif ('Disk refuses' === $state) {
            $this->giveOutboxBack();
        } elseif (str_ends_with($state, 'hanging')) {
            $this->server($state)->goOn();
        } else {
            $this->server($state)->start();
            $this->server($state)->awaitReady();
        }
    }

    /** A file where the directory was: the same refusal for root and for others. */
    private function takeOutbox(): void
    {
        rename($this->world->mediaRoot.'/outbox', $this->world->mediaRoot.'/outbox-away');
        touch($this->world->mediaRoot.'/outbox');
    }

    private function giveOutboxBack(): void
    {
        unlink($this->world->mediaRoot.'/outbox');
        rename($this->world->mediaRoot.'/outbox-away', $this->world->mediaRoot.'/outbox');
    }

    private function server(string $state): Server
    {
        return match (explode(' ', $state)[0]) {
            'MySQL' => $this->world->mysql,
            'Redis' => $this->world->redis,
            default => $this->world->sidecar,
        };
    }

    /** @return array<string, string> */
    private function answers(): array
    {
        $blobOnly = self::ulid().'.png';
        file_put_contents($this->world->sidecar->blob.'/'.$blobOnly, 'bytes');
        file_put_contents($this->world->mediaRoot.'/synced/here.txt', 'here');
        $answers = [];
        foreach (array_keys(self::WELL) as $route) {
            [$method, $target] = explode(' ', $route, 2);
            $target = strtr($target, ['{here}' => 'here.txt', '{in Blob only}' => $blobOnly, '{unknown}' => 'unknown.txt', '{key}' => 'PUT' === $method ? 'm-'.bin2hex(random_bytes(4)) : 'matrix']);
            $isCache = str_contains($target, '/cache/');
            if ('DELETE' === $method) {
                $target .= '-other';
            }
            $answer = $this->client->send($method, $target, $isCache ? ['Content-Type' => 'application/json'] + self::token() : [], 'PUT' === $method ? '{"value":1}' : null);
            self::assertLessThan('GET /api/health' === $route ? 2.0 : self::SLOWEST, $answer->seconds, $route);
            $answers[$route] = trim($answer->status.' '.self::word($route, $answer));
        }

        return $answers;
    }

    private static function word(string $route, Answer $answer): string
    {
        return match (true) {
            'GET /api/health' === $route => $answer->text('status'),
            'GET /version' === $route => null === $answer->json()['schema'] ? 'without schema' : 'with schema',
            'POST /api/generate-image' === $route && 201 === $answer->status => true === $answer->json()['durable'] ? 'durable' : 'not yet durable',
            default => '',
        };
    }

    /** @return array<string, string> */
    private static function token(): array
    {
        return ['Authorization' => 'Bearer '.World::CACHE_TOKEN];
    }
}
