<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\Response;
use App\Tests\Servers\Server;
use App\Tests\Servers\TestEnvironment;
use App\Tests\Servers\Wait;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Test;

/** The answer of each route while a dependency is down or hangs; docs/reference/dependencies-down.md shows this table. */
final class DependencyMatrixTest extends FeatureTestCase
{
    private const DOCUMENT = __DIR__.'/../../../docs/reference/dependencies-down.md';

    /** Route => its answer while all dependencies are healthy. The order matters: the circuit breaker opens early, before many routes wait for a timeout. */
    private const HEALTHY = [
        'GET /' => '200',
        'GET /api/ping' => '200',
        'POST /api/generate-image' => '201 durable',
        'GET /api/generate-image' => '201 durable',
        'GET /media/{here}' => '200',
        'GET /media/{in Blob only}' => '200',
        'GET /media/{unknown}' => '404',
        'GET /api/images' => '200',
        'PUT /api/cache/{key}' => '201',
        'GET /api/cache/{key}' => '200',
        'DELETE /api/cache/{key}' => '204',
        'GET /version' => '200 with schema',
        'POST /internal/release/warm' => '200 all warm',
        'POST /internal/release/drain' => '200 drained',
        'POST /internal/release/probe' => '201 read back',
        'POST /internal/journal/flush' => '200',
        'GET /internal/media' => '200',
        'POST /internal/media/retry' => '202',
        'POST /internal/media/set-aside' => '200',
        'GET /internal/release/migrate' => '200',
        'POST /internal/release/migrate' => '202',
        'GET /internal/release/migrate/{job}' => '200 done',
        'DELETE /internal/release/migrate/{job}' => '200 done',
        'GET /api/health' => '200 pass',
        'GET /api/health/live' => '200',
        'GET /api/openapi.json' => '200',
    ];

    private const WITHOUT_MYSQL = [
        'GET /api/images' => '503', 'GET /api/health' => '503 fail', 'GET /version' => '200 without schema',
        'GET /internal/release/migrate' => '503', 'POST /internal/release/migrate' => '503', 'GET /internal/release/migrate/{job}' => '503', 'DELETE /internal/release/migrate/{job}' => '503', 'POST /internal/release/warm' => '200 some cold', 'POST /internal/journal/flush' => '503',
    ];
    private const WITHOUT_REDIS = [
        'PUT /api/cache/{key}' => '503', 'GET /api/cache/{key}' => '503', 'DELETE /api/cache/{key}' => '503', 'GET /api/health' => '503 fail',
        'POST /internal/release/warm' => '200 some cold',
    ];
    private const WITHOUT_BLOB = [
        'POST /api/generate-image' => '201 not yet durable', 'GET /media/{in Blob only}' => '503', 'GET /media/{unknown}' => '503', 'GET /api/generate-image' => '201 not yet durable',
        'GET /api/health' => '200 warn', 'POST /internal/release/drain' => '504 not drained', 'POST /internal/release/probe' => '201 not read back',
    ];
    private const WITHOUT_SIDECAR = ['POST /internal/release/drain' => '503', 'GET /internal/media' => '503', 'POST /internal/media/retry' => '503', 'POST /internal/media/set-aside' => '503'] + self::WITHOUT_BLOB;
    private const WITHOUT_DISK = ['POST /api/generate-image' => '503', 'GET /api/generate-image' => '503', 'GET /api/health' => '503 fail', 'POST /internal/release/probe' => '503'];

    /** State => routes with a different answer. */
    private const DIFFERENT = [
        'MySQL down' => self::WITHOUT_MYSQL,
        'MySQL hanging' => self::WITHOUT_MYSQL,
        'Redis down' => self::WITHOUT_REDIS,
        'Redis hanging' => self::WITHOUT_REDIS,
        'Sidecar down' => self::WITHOUT_SIDECAR,
        'Sidecar hanging' => self::WITHOUT_SIDECAR,
        'Blob down' => self::WITHOUT_BLOB,
        'Blob hanging' => self::WITHOUT_BLOB,
        'Disk refuses' => self::WITHOUT_DISK,
        'Disk full' => self::WITHOUT_DISK,
    ];

    private const PATIENCE_SECONDS = 30;

    private string $job;

    protected function setUp(): void
    {
        parent::setUp();
        $this->client->send('PUT', '/api/cache/matrix', ['Content-Type' => 'application/json'] + self::token(), '{"value":1}');
        $this->job = $this->client->send('POST', '/internal/release/migrate', self::releaseToken())->text('job');
    }

    /** @return iterable<string, array{string}> */
    public static function states(): iterable
    {
        foreach (array_keys(self::DIFFERENT) as $state) {
            yield $state => [$state];
        }
    }

    #[Test]
    #[DataProvider('states')]
    public function each_route_answers_as_agreed_and_every_route_recovers(string $state): void
    {
        $expected = array_merge(self::HEALTHY, self::DIFFERENT[$state]);
        $this->begin($state);
        try {
            $answers = $this->answers($expected);
        } finally {
            $this->finish($state);
        }

        self::assertSame($expected, $answers);
        if ('Redis down' === $state) {
            Wait::until('Redis is asked again', fn (): bool => 404 === $this->client->get('/api/cache/matrix', self::token())->status);
            $this->client->send('PUT', '/api/cache/matrix', ['Content-Type' => 'application/json'] + self::token(), '{"value":1}');
        }
        self::assertSame(self::HEALTHY, $this->answers(self::HEALTHY), 'every route recovers');
        Wait::until('the journal is empty again', fn (): bool => 200 === $this->client->send('POST', '/internal/journal/flush', self::releaseToken())->status);
    }

    #[Test]
    public function the_document_shows_this_table(): void
    {
        $table = '| route | healthy | '.implode(' | ', array_keys(self::DIFFERENT))." |\n|---|---|".str_repeat('---|', count(self::DIFFERENT))."\n";
        foreach (self::HEALTHY as $route => $well) {
            $table .= sprintf('| `%s` | %s |', $route, $well);
            foreach (self::DIFFERENT as $changes) {
                $table .= isset($changes[$route]) ? ' **'.$changes[$route].'** |' : ' same |';
            }
            $table .= "\n";
        }

        self::assertStringContainsString($table, (string) file_get_contents(self::DOCUMENT));
    }

    private function begin(string $state): void
    {
        match ($state) {
            'Blob down' => $this->environment->sidecar->blobIsUnavailable(true),
            'Blob hanging' => $this->environment->sidecar->blobHangs(true),
            'Disk refuses' => $this->takeOutbox(),
            'Disk full' => $this->environment->setDiskFull(true),
            default => str_ends_with($state, 'hanging') ? $this->server($state)->suspend() : $this->server($state)->stop(),
        };
    }

    private function finish(string $state): void
    {
        if ('Blob down' === $state) {
            $this->environment->sidecar->blobIsUnavailable(false);
        } elseif ('Blob hanging' === $state) {
            $this->environment->sidecar->blobHangs(false);
        } elseif ('Disk refuses' === $state) {
            $this->giveOutboxBack();
        } elseif ('Disk full' === $state) {
            $this->environment->setDiskFull(false);
        } elseif (str_ends_with($state, 'hanging')) {
            $this->server($state)->resume();
        } else {
            $this->server($state)->start();
            $this->server($state)->awaitReady();
        }
    }

    /** Replaces the directory by a file, which fails for root as for others. */
    private function takeOutbox(): void
    {
        rename($this->environment->mediaRoot.'/outbox', $this->environment->mediaRoot.'/outbox-away');
        touch($this->environment->mediaRoot.'/outbox');
    }

    private function giveOutboxBack(): void
    {
        unlink($this->environment->mediaRoot.'/outbox');
        rename($this->environment->mediaRoot.'/outbox-away', $this->environment->mediaRoot.'/outbox');
    }

    private function server(string $state): Server
    {
        return match (explode(' ', $state)[0]) {
            'MySQL' => $this->environment->mysql,
            'Redis' => $this->environment->redis,
            default => $this->environment->sidecar,
        };
    }

    /**
     * Asks each route until its answer is the expected one, for a busy machine may exceed a timeout of the application.
     *
     * @param array<string, string> $expected
     *
     * @return array<string, string> the last answer of each route
     */
    private function answers(array $expected): array
    {
        $blobOnly = self::ulid().'.png';
        file_put_contents($this->environment->sidecar->blob.'/'.$blobOnly, 'bytes');
        file_put_contents($this->environment->mediaRoot.'/synced/here.txt', 'here');
        $answers = [];
        foreach ($expected as $route => $answer) {
            $deadline = microtime(true) + self::PATIENCE_SECONDS;
            do {
                $answers[$route] = $this->ask($route, $blobOnly);
            } while ($answers[$route] !== $answer && microtime(true) < $deadline);
        }

        return $answers;
    }

    private function ask(string $route, string $blobOnly): string
    {
        [$method, $target] = explode(' ', $route, 2);
        $target = strtr($target, [
            '{here}' => 'here.txt', '{in Blob only}' => $blobOnly, '{unknown}' => 'unknown.txt', '{job}' => $this->job, '/drain' => '/drain?timeout=1', '/set-aside' => '/set-aside?name=some',
            '{key}' => ['PUT' => 'm-'.bin2hex(random_bytes(4)), 'GET' => 'matrix', 'DELETE' => 'matrix-other'][$method] ?? '',
        ]);
        self::assertNotSame('', $method);
        $answer = $this->client->send($method, $target, self::headers($target), 'PUT' === $method ? '{"value":1}' : null);

        return trim($answer->status.' '.self::word($route, $answer));
    }

    private static function word(string $route, Response $answer): string
    {
        return match (true) {
            'GET /api/health' === $route => $answer->text('status'),
            'GET /version' === $route => null === $answer->json()['schema'] ? 'without schema' : 'with schema',
            str_ends_with($route, '/generate-image') && 201 === $answer->status => true === $answer->json()['durable'] ? 'durable' : 'not yet durable',
            str_ends_with($route, ' /internal/release/migrate/{job}') && 200 === $answer->status => $answer->text('status'),
            'POST /internal/release/drain' === $route && 503 !== $answer->status => true === $answer->json()['drained'] ? 'drained' : 'not drained',
            'POST /internal/release/probe' === $route && 201 === $answer->status => true === $answer->json()['readBack'] ? 'read back' : 'not read back',
            'POST /internal/release/warm' === $route => $answer->json()['requests'] === $answer->json()['answered'] ? 'all warm' : 'some cold',
            default => '',
        };
    }

    /** @return array<string, string> */
    private static function headers(string $target): array
    {
        return match (true) {
            str_contains($target, '/cache/') => ['Content-Type' => 'application/json'] + self::token(),
            str_starts_with($target, '/internal/') => self::releaseToken(),
            default => [],
        };
    }

    /** @return array<string, string> */
    private static function token(): array
    {
        return ['Authorization' => 'Bearer '.TestEnvironment::CACHE_TOKEN];
    }
}
