<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\ReceivedSpan;
use App\Tests\Servers\Response;
use App\Tests\Servers\Text;
use App\Tests\Servers\Wait;
use PHPUnit\Framework\Attributes\Test;

final class TracesTest extends FeatureTestCase
{
    private const TRACE = '0af7651916cd43dd8448eb211c80319c';
    private const PARENT = 'b7ad6b7169203331';
    /** php-fpm's clock has a coarser resolution than microtime(). */
    private const CLOCK_NANOSECONDS = 20_000_000;

    protected function setUp(): void
    {
        parent::setUp();
        $this->environment->sidecar->forget();
    }

    #[Test]
    public function the_spans_of_a_request_are_one_trace_with_its_caller_and_the_sidecar(): void
    {
        $before = microtime(true) * 1e9;
        $answer = $this->client->send('POST', '/api/generate-image', ['traceparent' => '00-'.self::TRACE.'-'.self::PARENT.'-01']);
        $spans = $this->spans();
        $server = $spans['POST /api/generate-image'];

        self::assertEqualsCanonicalizing(['POST /api/generate-image', 'redis EVAL', 'mysql INSERT images', 'sidecar POST /carry'], array_keys($spans));
        self::assertSame([self::TRACE], array_values(array_unique(array_column($spans, 'traceId'))));
        self::assertSame([2, self::PARENT], [$server->kind, $server->parentId]);
        foreach ($spans as $name => $span) {
            self::assertMatchesRegularExpression('/^[0-9a-f]{16}$/', $span->id);
            self::assertGreaterThanOrEqual($span->startedAt, $span->endedAt, $name);
            self::assertGreaterThanOrEqual($before - self::CLOCK_NANOSECONDS, $span->startedAt);
            self::assertLessThanOrEqual(microtime(true) * 1e9, $span->startedAt);
            if ($span !== $server) {
                self::assertSame([3, $server->id], [$span->kind, $span->parentId], $name);
            }
        }
        self::assertSame('201', $server->attributes['http.response.status_code']);
        self::assertSame('/api/generate-image', $server->attributes['http.route']);
        self::assertSame($answer->header('X-Request-Id'), $server->attributes['slipway.request_id']);
        $carry = array_values(array_filter($this->environment->sidecar->requests(), static fn (array $request): bool => str_starts_with(Text::of($request['uri']), '/carry')));
        self::assertSame('00-'.self::TRACE.'-'.$spans['sidecar POST /carry']->id.'-01', $carry[0]['traceparent']);
    }

    #[Test]
    public function a_trace_begins_here_when_the_caller_has_none_or_a_broken_one(): void
    {
        foreach ([[], ['traceparent' => '00-00000000000000000000000000000000-b7ad6b7169203331-01'], ['traceparent' => 'ff-'.self::TRACE.'-'.self::PARENT.'-01'], ['traceparent' => 'nonsense']] as $headers) {
            $this->environment->sidecar->forget();
            $this->client->get('/api/images', $headers);
            $server = $this->spans()['GET /api/images'];

            self::assertMatchesRegularExpression('/^[0-9a-f]{32}$/', $server->traceId);
            self::assertNotSame(self::TRACE, $server->traceId);
            self::assertNull($server->parentId);
        }
    }

    #[Test]
    public function what_the_caller_does_not_record_is_not_recorded_here_nor_what_asks_nobody(): void
    {
        $this->client->get('/api/images', ['traceparent' => '00-'.self::TRACE.'-'.self::PARENT.'-00']);
        $this->client->get('/api/ping');
        $this->client->get('/version');
        $this->client->get('/api/health');
        $this->client->get('/app.css');
        $this->client->get('/api/ping', ['traceparent' => '00-'.self::TRACE.'-'.self::PARENT.'-01']);
        $spans = $this->spans();

        self::assertSame(['GET /api/ping'], array_keys($spans));
        self::assertCount(1, $this->environment->sidecar->spans());
    }

    #[Test]
    public function a_failure_is_marked_on_its_span(): void
    {
        $this->environment->mysql->stop();
        $this->client->get('/api/images');
        $this->environment->mysql->start();
        $this->environment->mysql->awaitReady();
        $spans = $this->spans();

        self::assertTrue($spans['mysql SELECT images']->failed);
        self::assertTrue($spans['GET /api/images']->failed);
    }

    #[Test]
    public function the_client_never_waits_for_traces(): void
    {
        $timeouts = $this->environment->application->runDirectory.'/tmp/hangs-traces';
        $this->environment->sidecar->suspend();
        $seen = [];
        for ($attempt = 0; $attempt < 5; ++$attempt) {
            // The worker records its timeout in this file; if it sent traces before the response, the file would be there now.
            $seen[] = [$this->client->get('/api/images')->status, is_file($timeouts)];
            $this->assertSoon('the worker has given up', static function () use ($timeouts): bool {
                clearstatcache();

                return is_file($timeouts);
            });
            unlink($timeouts);
        }
        $this->environment->sidecar->resume();
        Wait::until('traces are sent again', fn (): bool => 200 === $this->client->get('/api/images')->status && [] !== $this->environment->sidecar->spans());

        self::assertContains([200, false], $seen);
    }

    #[Test]
    public function a_receiver_that_takes_the_connection_and_hangs_holds_a_worker_for_a_moment_only(): void
    {
        $hanging = stream_socket_server('tcp://127.0.0.1:0');
        self::assertIsResource($hanging);
        $port = substr((string) strrchr((string) stream_socket_get_name($hanging, false), ':'), 1);
        // With one worker, the next request waits until the traces are dropped.
        $application = $this->environment->another(['SIDECAR_PORT' => $port, 'SIDECAR_SECONDS' => '0', 'FPM_MAX_CHILDREN' => '1']);
        $application->start();
        $application->awaitReady();
        $client = $application->client();
        $client->get('/api/ping');

        $startedAt = microtime(true);
        $answers = array_map(static fn (): Response => $client->get('/api/images'), range(1, 20));
        $seconds = microtime(true) - $startedAt;
        $application->stop();
        $sent = 0;
        while (false !== @stream_socket_accept($hanging, 0)) {
            ++$sent;
        }
        fclose($hanging);

        foreach ($answers as $answer) {
            self::assertSame(200, $answer->status);
        }
        // Three requests time out, then the circuit breaker opens.
        self::assertGreaterThanOrEqual(3, $sent);
        self::assertLessThanOrEqual(4 + $seconds / 2, $sent);
    }

    /** @return array<string, ReceivedSpan> */
    private function spans(): array
    {
        return ReceivedSpan::allIn(Wait::until('spans arrive', fn (): ?array => $this->environment->sidecar->spans()[0] ?? null) ?? []);
    }
}
