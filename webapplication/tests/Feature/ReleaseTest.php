<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\Response;
use App\Tests\Servers\Text;
use App\Tests\Servers\Wait;
use PHPUnit\Framework\Attributes\Test;

final class ReleaseTest extends FeatureTestCase
{
    #[Test]
    public function without_the_release_token_there_is_nothing_internal(): void
    {
        foreach (['/internal/release/migrate', '/internal/release/drain', '/internal/', '/internal/nothing', '/%69nternal/release/warm', '/internal/journal/flush'] as $target) {
            foreach (['GET', 'POST', 'OPTIONS'] as $method) {
                foreach ([[], ['Authorization' => 'Bearer wrong'], ['Authorization' => 'Bearer cache-secret-1b7a']] as $headers) {
                    $answer = $this->client->send($method, $target, $headers);
                    self::assertProblem(404, $answer);
                    self::assertNull($answer->header('Allow'));
                }
            }
        }
        self::assertProblem(405, $this->client->get('/internal/release/warm', self::releaseToken()));
        self::assertSame(200, $this->client->send('POST', '/internal/release/warm', self::releaseToken())->status);
    }

    #[Test]
    public function the_version_tells_slot_schema_and_start(): void
    {
        $version = $this->client->get('/version')->json();

        self::assertSame(['version', 'schema', 'schemaMin', 'schemaMax', 'slot', 'startedAt'], array_keys($version));
        self::assertSame('dev', $version['version']);
        self::assertSame('production', $version['slot']);
        self::assertMatchesRegularExpression('/^\d{14}$/', Text::of($version['schema']));
        self::assertEqualsWithDelta(time(), strtotime(Text::of($version['startedAt'])), 3600);
    }

    #[Test]
    public function a_probe_goes_to_blob_and_back_and_is_not_listed(): void
    {
        $probe = $this->client->send('POST', '/internal/release/probe', self::releaseToken());

        self::assertSame(201, $probe->status);
        self::assertTrue($probe->json()['durable']);
        self::assertTrue($probe->json()['readBack']);
        self::assertStringStartsWith('_probe/', $probe->text('name'));
        self::assertSame($probe->text('sha256'), hash('sha256', $this->client->get($probe->text('url'))->body));
        self::assertStringNotContainsString('_probe', $this->client->get('/api/images?limit=100')->body);
    }

    #[Test]
    public function a_probe_says_when_blob_does_not_give_it_back(): void
    {
        $this->environment->sidecar->blobIsUnavailable(true);
        $probe = $this->client->send('POST', '/internal/release/probe', self::releaseToken());
        $this->environment->sidecar->blobIsUnavailable(false);

        self::assertSame(201, $probe->status);
        self::assertFalse($probe->json()['durable']);
        self::assertFalse($probe->json()['readBack']);
    }

    #[Test]
    public function drain_passes_on_what_the_sidecar_says(): void
    {
        $drained = $this->client->send('POST', '/internal/release/drain?timeout=1', self::releaseToken());
        $this->environment->sidecar->blobIsUnavailable(true);
        $left = $this->client->send('POST', '/internal/release/drain?timeout=1', self::releaseToken());
        $this->environment->sidecar->blobIsUnavailable(false);

        self::assertSame([200, true], [$drained->status, $drained->json()['drained']]);
        self::assertSame([504, false, 3], [$left->status, $left->json()['drained'], $left->json()['pending']]);
        self::assertProblem(422, $this->client->send('POST', '/internal/release/drain?timeout=x', self::releaseToken()));
    }

    #[Test]
    public function an_empty_outbox_is_drained_also_without_a_sidecar(): void
    {
        $home = $this->environment->directory.'/drained';
        mkdir($home.'/media/outbox/_probe', 0o755, true);
        touch($home.'/media/outbox/_probe/.tmp-half');
        $application = $this->environment->another(['MEDIA_ROOT' => $home.'/media', 'SIDECAR_PORT' => '1', 'SIDECAR_SECONDS' => '0', 'FPM_MAX_CHILDREN' => '1']);
        $application->start();
        $application->awaitReady();
        $drain = static fn (): Response => $application->client()->send('POST', '/internal/release/drain?timeout=1', self::releaseToken());
        $empty = $drain();
        touch($home.'/media/outbox/_probe/image.png');
        $waiting = $drain();
        exec('rm -r '.escapeshellarg($home.'/media/outbox'));
        $unknown = $drain();
        $application->stop();

        self::assertSame([200, true], [$empty->status, $empty->json()['drained']]);
        self::assertProblem(503, $waiting);
        self::assertProblem(503, $unknown);
    }

    #[Test]
    public function warming_reaches_the_workers_for_visitors(): void
    {
        $warm = $this->client->send('POST', '/internal/release/warm', self::releaseToken())->json();

        self::assertSame(12, $warm['requests']);
        self::assertSame(12, $warm['answered']);
    }

    #[Test]
    public function migrating_again_is_done_at_once(): void
    {
        foreach (['{"kind":"expand"}', '{"kind":"contract"}', ''] as $body) {
            $job = $this->client->send('POST', '/internal/release/migrate', self::releaseToken(), $body);

            self::assertSame(202, $job->status);
            self::assertSame('/internal/release/migrate/'.$job->text('job'), $job->header('Location'));
            self::assertSame(['done', [], []], [$job->text('status'), $job->json()['executed'], $job->json()['pending']]);
        }
        self::assertProblem(422, $this->client->send('POST', '/internal/release/migrate', self::releaseToken(), '{"kind":"both"}'));
        self::assertProblem(400, $this->client->send('POST', '/internal/release/migrate', self::releaseToken(), '{'));
        self::assertProblem(404, $this->client->get('/internal/release/migrate/nobody', self::releaseToken()));
    }

    #[Test]
    public function a_job_whose_process_died_says_so_and_the_next_one_goes_on(): void
    {
        $this->environment->mysql->query("INSERT INTO migration_jobs (id, status, executed, pending) VALUES ('00000000000000000000000001', 'running', '', '20990101000000')");

        $job = $this->client->get('/internal/release/migrate/00000000000000000000000001', self::releaseToken());
        $next = $this->client->send('POST', '/internal/release/migrate', self::releaseToken());

        self::assertSame('failed', $job->text('status'));
        self::assertStringContainsString('start it again', $job->text('error'));
        self::assertSame('done', $next->text('status'));
        self::assertSame('failed', $this->environment->mysql->query("SELECT status FROM migration_jobs WHERE id = '00000000000000000000000001'")->fetchColumn());
    }

    #[Test]
    public function a_second_run_is_told_of_the_one_that_holds_the_lock(): void
    {
        $mysql = $this->environment->mysql;
        $holder = new \PDO('mysql:unix_socket='.$this->environment->directory.'/mysql/s;dbname=slipway', 'root', '');
        $holder->query("SELECT GET_LOCK('slipway.migrate', 0)");
        $mysql->query("INSERT INTO migration_jobs (id, status, executed, pending) VALUES ('7ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'running', '', '20990101000000')");

        $job = $this->client->send('POST', '/internal/release/migrate', self::releaseToken());
        $mysql->query("UPDATE migration_jobs SET status = 'done' WHERE id = '7ZZZZZZZZZZZZZZZZZZZZZZZZZ'");
        unset($holder);

        self::assertSame(202, $job->status);
        self::assertSame(['7ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'running'], [$job->text('job'), $job->text('status')]);
        Wait::until('the lock is free', fn (): bool => 'done' === $this->client->send('POST', '/internal/release/migrate', self::releaseToken())->text('status'));
    }
}
