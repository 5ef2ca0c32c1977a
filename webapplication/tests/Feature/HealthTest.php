<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\ConcurrentRequests;
use App\Tests\Servers\Files;
use App\Tests\Servers\Response;
use App\Tests\Servers\Runtime;
use App\Tests\Servers\Text;
use App\Tests\Servers\Wait;
use PHPUnit\Framework\Attributes\Test;

final class HealthTest extends FeatureTestCase
{
    /** A caller that traces its request: sending the trace would be one more thing to wait for. */
    private const TRACED = ['traceparent' => '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'];

    #[Test]
    public function health_passes_when_all_is_well_and_has_a_member_per_check(): void
    {
        $answer = $this->client->get('/api/health');

        self::assertSame(200, $answer->status, $answer->body);
        self::assertSame('application/health+json', $answer->header('Content-Type'));
        self::assertSame(['mysql' => 'pass', 'schema' => 'pass', 'redis' => 'pass', 'sidecar' => 'pass', 'blob' => 'pass', 'outbox' => 'pass', 'journal' => 'pass'], self::statuses($answer));
        self::assertSame('pass', $answer->text('status'));
    }

    #[Test]
    public function blob_away_is_a_warning(): void
    {
        $this->environment->sidecar->blobIsUnavailable(true);
        $answer = $this->client->get('/api/health');
        $this->environment->sidecar->blobIsUnavailable(false);

        self::assertSame(200, $answer->status);
        self::assertSame('warn', $answer->text('status'));
        self::assertSame('warn', self::statuses($answer)['blob']);
        self::assertSame('pass', self::statuses($answer)['sidecar']);
    }

    #[Test]
    public function an_outbox_that_fills_is_a_warning_and_one_that_takes_nothing_a_failure(): void
    {
        $outbox = $this->environment->mediaRoot.'/outbox';
        for ($file = 0; $file < 1000; ++$file) {
            touch($outbox.'/filling-'.$file);
        }
        $filling = $this->client->get('/api/health');
        array_map(unlink(...), Files::matching($outbox.'/filling-*'));
        rename($outbox, $outbox.'-away');
        $missing = $this->client->get('/api/health');
        rename($outbox.'-away', $outbox);

        self::assertSame(200, $filling->status);
        self::assertSame('warn', self::statuses($filling)['outbox']);
        self::assertSame(503, $missing->status);
        self::assertSame('fail', self::statuses($missing)['outbox']);
        self::assertSame([], Files::matching($outbox.'/.tmp-health*'));
    }

    #[Test]
    public function an_outbox_that_hangs_is_a_failure_and_leaves_one_process_waiting(): void
    {
        // A share whose server is gone blocks for good whoever touches it: here it is the deletion of the test file.
        $directory = $this->environment->directory.'/hanging';
        mkdir($directory);
        posix_mkfifo($directory.'/fifo', 0o666);
        chmod($directory.'/fifo', 0o666);
        file_put_contents($directory.'/rm', "#!/bin/sh\necho x >$directory/fifo\nexec /bin/rm \"\$@\"\n");
        chmod($directory.'/rm', 0o755);
        $application = $this->environment->another(['FPM_MAX_CHILDREN' => '1', 'PATH' => $directory.':/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']);
        $application->start();
        $reader = fopen($directory.'/fifo', 'r+');
        self::assertIsResource($reader);
        $application->awaitReady();
        fclose($reader);
        $answers = array_map(static fn (): Response => $application->client()->get('/api/health'), range(1, 2));
        $this->assertSoon('one process waits', static fn (): bool => 1 === (int) shell_exec('pgrep -fc '.escapeshellarg('^/bin/sh '.$directory.'/rm -f')));
        $reader = fopen($directory.'/fifo', 'r+');

        foreach ($answers as $answer) {
            self::assertSame(503, $answer->status);
            self::assertSame(['fail', 'warn'], [self::statuses($answer)['outbox'], self::statuses($answer)['journal']]);
        }
        self::assertIsResource($reader);
        $this->assertSoon('health passes again', static fn (): bool => 'pass' === self::statuses($application->client()->get('/api/health'))['outbox']);
        $application->stop();
    }

    #[Test]
    public function the_test_file_of_the_outbox_is_never_written_through_a_link(): void
    {
        $outbox = $this->environment->mediaRoot.'/outbox';
        $target = $this->environment->mediaRoot.'/target';
        foreach (['.tmp-health', '.tmp-health-', '.tmp-health-0000000000000000'] as $name) {
            symlink($target, $outbox.'/'.$name);
        }
        $answer = $this->client->get('/api/health');
        @unlink($outbox.'/.tmp-health');

        self::assertSame('pass', self::statuses($answer)['outbox']);
        self::assertFileDoesNotExist($target);
        self::assertSame([], Files::matching($outbox.'/.tmp-health*'), 'leftovers are deleted');
    }

    #[Test]
    public function rows_that_wait_for_mysql_for_over_a_minute_are_a_warning(): void
    {
        $file = $this->environment->mediaRoot.'/journal/'.self::ulid().'.json';
        touch($file, time() - 20);
        $young = $this->client->get('/api/health');
        touch($file, time() - 100);
        $old = $this->client->get('/api/health');
        $state = $this->client->get('/internal/media', self::releaseToken())->json()['rows'];
        unlink($file);

        self::assertSame(['pass', 'warn'], [self::statuses($young)['journal'], self::statuses($old)['journal']]);
        self::assertSame([200, 'warn'], [$old->status, $old->text('status')]);
        self::assertIsArray($state);
        self::assertSame(1, $state['waiting']);
        self::assertGreaterThanOrEqual(100, $state['oldestSeconds']);
    }

    #[Test]
    public function a_redis_that_accepts_no_writes_is_a_failure(): void
    {
        $redis = $this->environment->redis->client();
        $redis->config('SET', 'maxmemory', '1');
        $full = $this->client->get('/api/health');
        $redis->config('SET', 'maxmemory', '0');
        $redis->rawcommand('REPLICAOF', '127.0.0.1', '1');
        $replica = $this->client->get('/api/health');
        $redis->rawcommand('REPLICAOF', 'NO', 'ONE');

        self::assertSame([503, 'fail'], [$full->status, self::statuses($full)['redis']]);
        self::assertSame([503, 'fail'], [$replica->status, self::statuses($replica)['redis']]);
        self::assertSame('pass', self::statuses($this->client->get('/api/health'))['redis']);
    }

    #[Test]
    public function a_deep_check_that_would_wait_for_ever_gives_its_worker_back(): void
    {
        // The same limit, shorter.
        $runtime = Runtime::altered($this->environment->directory.'/runtime-health', 'php-fpm.conf', 'request_terminate_timeout = 5s', 'request_terminate_timeout = 1s');
        $application = $this->environment->another(['FPM_MAX_CHILDREN' => '1'], null, $runtime);
        $application->start();
        $application->awaitReady();
        // Reading a FIFO without a writer blocks for good.
        $report = $application->runDirectory.'/tmp/health.json';
        posix_mkfifo($report, 0o666);
        chmod($report, 0o666);
        $hanging = (new ConcurrentRequests($application->port, ['/api/health', '/api/health']))->finish();
        unlink($report);

        self::assertSame([502, 502], array_column($hanging, 'status'));
        $this->assertSoon('health passes again', static fn (): bool => 200 === $application->client()->get('/api/health')->status);
        $application->stop();
    }

    #[Test]
    public function a_schema_that_lacks_a_migration_is_a_failure(): void
    {
        $mysql = $this->environment->mysql;
        $rows = $mysql->query('SELECT version, executed_at, execution_time FROM schema_migrations')->fetchAll(\PDO::FETCH_ASSOC);
        $mysql->query('DELETE FROM schema_migrations');
        $answer = $this->client->get('/api/health');
        foreach ($rows as $row) {
            self::assertIsArray($row);
            $mysql->query(sprintf("INSERT INTO schema_migrations (version) VALUES ('%s')", addslashes(Text::of($row['version']))));
        }

        self::assertSame(503, $answer->status);
        self::assertSame('fail', self::statuses($answer)['schema']);
        self::assertSame('pass', self::statuses($this->client->get('/api/health'))['schema']);
    }

    #[Test]
    public function a_newer_expanding_migration_is_fine_and_a_newer_contracting_one_a_failure(): void
    {
        $mysql = $this->environment->mysql;
        $mysql->query("INSERT INTO schema_migrations (version) VALUES ('DoctrineMigrations\\\\Version20990101000000')");
        $mysql->query("INSERT INTO schema_changes VALUES ('20990101000000', 'expand')");
        $expanded = $this->client->get('/api/health');
        $version = $this->client->get('/version');
        $mysql->query("UPDATE schema_changes SET kind = 'contract' WHERE version = '20990101000000'");
        $contracted = $this->client->get('/api/health');
        $mysql->query("DELETE FROM schema_migrations WHERE version LIKE '%20990101000000'");
        $mysql->query("DELETE FROM schema_changes WHERE version = '20990101000000'");

        self::assertSame('pass', self::statuses($expanded)['schema']);
        self::assertSame('20990101000000', $version->text('schema'));
        self::assertSame('fail', self::statuses($contracted)['schema']);
    }

    #[Test]
    public function the_live_check_touches_nothing(): void
    {
        $listener = stream_socket_server('tcp://127.0.0.1:0');
        self::assertIsResource($listener);
        $port = substr((string) strrchr((string) stream_socket_get_name($listener, false), ':'), 1);
        $application = $this->environment->another(['DATABASE_PORT' => $port, 'REDIS_PORT' => $port, 'SIDECAR_PORT' => $port, 'SIDECAR_SECONDS' => '0', 'FPM_MAX_CHILDREN' => '1']);
        $application->start();
        $application->awaitReady();
        $connections = static function () use ($listener): int {
            $count = 0;
            while (false !== @stream_socket_accept($listener, 0)) {
                ++$count;
            }

            return $count;
        };
        $connections();

        // The pool has one worker: the second answer shows that all work after the first one is done.
        $live = array_map(static fn (): int => $application->client()->get('/api/health/live', self::TRACED)->status, range(1, 2));
        $ofLive = $connections();
        $application->client()->get('/api/health');
        $ofHealth = $connections();
        $application->stop();

        self::assertSame([200, 200], $live);
        self::assertSame(0, $ofLive);
        self::assertGreaterThan(2, $ofHealth, 'the deep check does connect');
    }

    #[Test]
    public function concurrent_requests_share_one_report_and_delay_neither_the_live_check_nor_internal(): void
    {
        $connectionsBefore = $this->environment->redis->receivedConnections();
        $servers = [$this->environment->mysql, $this->environment->redis];
        foreach ($servers as $server) {
            $server->suspend();
        }
        $burst = new ConcurrentRequests($this->environment->application->port, array_fill(0, 20, '/api/health'));
        $burst->awaitStarted();
        $live = array_map(fn (): int => $this->client->get('/api/health/live', self::TRACED)->status, range(1, 3));
        $internal = $this->client->get('/internal/media', self::releaseToken())->status;
        $pending = $burst->pending();
        $answers = $burst->finish();
        foreach ($servers as $server) {
            $server->resume();
        }

        self::assertSame([200, 200, 200, 200], [...$live, $internal]);
        self::assertGreaterThan(0, $pending, 'they were answered before the reports');
        foreach ($answers as $answer) {
            self::assertSame(503, $answer->status, $answer->body);
            self::assertSame(['fail', 'fail'], [self::statuses($answer)['mysql'], self::statuses($answer)['redis']]);
        }
        // Each report opens one connection, and so does this question.
        self::assertLessThan(10, $this->environment->redis->receivedConnections() - $connectionsBefore);
        Wait::until('health passes again', fn (): bool => 'pass' === $this->client->get('/api/health')->text('status'));
    }

    #[Test]
    public function health_answers_while_everything_hangs_and_tells_no_secrets(): void
    {
        $servers = [$this->environment->mysql, $this->environment->redis, $this->environment->sidecar];
        foreach ($servers as $server) {
            $server->suspend();
        }
        $expected = ['mysql' => 'fail', 'schema' => 'fail', 'redis' => 'fail', 'sidecar' => 'warn', 'blob' => 'warn', 'outbox' => 'pass', 'journal' => 'pass'];
        try {
            // The outbox gets what the others leave of the time, which a busy machine may need for starting a process.
            $answer = Wait::until('every check has its result', function () use ($expected): ?Response {
                $answer = $this->client->get('/api/health');

                return $expected === self::statuses($answer) ? $answer : null;
            });
        } finally {
            foreach ($servers as $server) {
                $server->resume();
            }
        }

        self::assertSame(503, $answer?->status);
        self::assertDoesNotMatchRegularExpression('{127\.0\.0\.1|/tmp|/home|secret|SQLSTATE}', $answer->body);
        Wait::until('health passes again', fn (): bool => 'pass' === $this->client->get('/api/health')->text('status'));
    }

    #[Test]
    public function health_answers_while_every_worker_for_visitors_is_busy(): void
    {
        $this->environment->sidecar->suspend();
        $burst = new ConcurrentRequests($this->environment->application->port, array_fill(0, 12, '/api/generate-image'));
        $burst->awaitStarted();
        $live = $this->client->get('/api/health/live');
        $pending = $burst->pending();
        $this->environment->sidecar->resume();
        $answers = $burst->finish();

        self::assertSame(200, $live->status);
        self::assertGreaterThan(0, $pending, 'the live check was answered before the images');
        foreach ($answers as $answer) {
            self::assertSame(201, $answer->status);
        }
        Wait::until('the sidecar is asked again', fn (): bool => true === $this->client->send('POST', '/api/generate-image')->json()['durable']);
    }

    /** @return array<string, string> */
    private static function statuses(Response $answer): array
    {
        $statuses = [];
        foreach ((array) $answer->json()['checks'] as $name => $findings) {
            self::assertIsArray($findings);
            self::assertIsArray($findings[0]);
            $statuses[(string) $name] = Text::of($findings[0]['status']);
        }

        return $statuses;
    }
}
