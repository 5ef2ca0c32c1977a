<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\Application;
use App\Tests\Servers\Package;
use App\Tests\Servers\Response;
use App\Tests\Servers\Wait;
use PHPUnit\Framework\Attributes\Test;

/** Migrations of a newer version, run by its application on the database that the current version also uses. */
final class MigrationTest extends FeatureTestCase
{
    private const VERSIONS = ['20270101000001', '20270101000002', '20270101000003', '20270101000004', '20270101000005'];

    private Application $next;

    protected function tearDown(): void
    {
        $this->next->stop();
        foreach (self::VERSIONS as $version) {
            $this->environment->mysql->query("DELETE FROM schema_migrations WHERE version LIKE '%$version'");
            $this->environment->mysql->query("DELETE FROM schema_changes WHERE version = '$version'");
        }
        $this->environment->mysql->query('DROP TABLE IF EXISTS extra, later');
        $this->environment->mysql->query('DELETE FROM schema_progress');
    }

    #[Test]
    public function expanding_migrations_run_first_and_both_versions_work_until_the_contracting_one(): void
    {
        $this->start(static function (Package $package): void {
            $package->addMigration(self::VERSIONS[0], 'Expand', 'CREATE TABLE extra (id INT PRIMARY KEY)');
            $package->addMigration(self::VERSIONS[1], 'Contract', 'ALTER TABLE extra DROP PRIMARY KEY');
            $package->addMigration(self::VERSIONS[2], 'Expand', 'ALTER TABLE extra ADD COLUMN more INT NULL');
        });
        $before = [$this->schemaOf($this->client->get('/api/health')), $this->schemaOf($this->next->client()->get('/api/health'))];

        $expanded = $this->migrate('{"kind":"expand"}');
        $between = [$this->schemaOf($this->client->get('/api/health')), $this->schemaOf($this->next->client()->get('/api/health'))];
        $contracted = $this->migrate('{"kind":"contract"}');
        $after = [$this->schemaOf($this->client->get('/api/health')), $this->schemaOf($this->next->client()->get('/api/health'))];

        self::assertSame(['done', [self::VERSIONS[0], self::VERSIONS[2]], []], [$expanded->text('status'), $expanded->json()['executed'], $expanded->json()['pending']]);
        self::assertSame(['done', [self::VERSIONS[1]]], [$contracted->text('status'), $contracted->json()['executed']]);
        self::assertSame([['pass', 'fail'], ['pass', 'pass'], ['fail', 'pass']], [$before, $between, $after]);
        self::assertSame(self::VERSIONS[2], $this->client->get('/version')->text('schema'));
    }

    #[Test]
    public function a_migration_that_fails_is_told_with_its_reason_and_the_ones_after_it_wait(): void
    {
        $this->start(static function (Package $package): void {
            $package->addMigration(self::VERSIONS[0], 'Expand', 'CREATE TABLE extra (id INT PRIMARY KEY)');
            $package->addMigration(self::VERSIONS[1], 'Expand', 'ALTER TABLE nowhere ADD COLUMN more INT NULL');
            $package->addMigration(self::VERSIONS[2], 'Expand', 'ALTER TABLE extra ADD COLUMN more INT NULL');
        });

        $job = $this->migrate('');
        $again = $this->migrate('');

        self::assertSame(['failed', [self::VERSIONS[0]], [self::VERSIONS[1], self::VERSIONS[2]]], [$job->text('status'), $job->json()['executed'], $job->json()['pending']]);
        self::assertStringContainsString('nowhere', $job->text('error'));
        self::assertSame(['failed', []], [$again->text('status'), $again->json()['executed']]);
    }

    #[Test]
    public function a_run_that_is_killed_is_told_so_and_the_next_one_goes_on_where_it_was(): void
    {
        $this->start(static function (Package $package): void {
            $package->addMigration(self::VERSIONS[0], 'Expand', 'CREATE TABLE extra (id INT PRIMARY KEY)');
            $package->addMigration(self::VERSIONS[1], 'Expand', 'SELECT SLEEP(IF((SELECT COUNT(*) FROM extra) = 0, 30, 0))');
        });
        $job = $this->next->client()->send('POST', '/internal/release/migrate', self::releaseToken())->text('job');
        $this->assertSoon('the first one is executed', fn (): bool => [self::VERSIONS[0]] === $this->job($job)->json()['executed']);
        $this->assertSoon('the second one is under way', fn (): bool => 0 !== $this->sleeper());
        $second = $this->next->client()->send('POST', '/internal/release/migrate', self::releaseToken());
        foreach ($this->next->workers() as $worker) {
            posix_kill($worker, \SIGKILL);
        }
        // A worker that is only just being replaced answers 502.
        $orphaned = Wait::until('workers are there again', function () use ($job): ?Response {
            $answer = $this->job($job);

            return 200 === $answer->status ? $answer : null;
        });
        self::assertNotNull($orphaned);
        $third = $this->next->client()->send('POST', '/internal/release/migrate', self::releaseToken());
        $this->environment->mysql->query('INSERT INTO extra VALUES (1)');
        $this->environment->mysql->query('KILL '.$this->sleeper());

        self::assertSame([$job, 'running'], [$second->text('job'), $second->text('status')]);
        self::assertSame([$job, 'running'], [$third->text('job'), $third->text('status')], 'the server still executes its statement');
        self::assertSame('running', $orphaned->text('status'), 'the server still executes its statement');
        $this->assertSoon('it says that it was interrupted', fn (): bool => 'failed' === $this->job($job)->text('status'));
        $next = $this->migrate('');
        self::assertSame(['done', [self::VERSIONS[1]]], [$next->text('status'), $next->json()['executed']]);
    }

    #[Test]
    public function a_run_whose_connection_breaks_says_so_itself(): void
    {
        $this->start(static function (Package $package): void {
            $package->addMigration(self::VERSIONS[0], 'Expand', 'CREATE TABLE extra (id INT PRIMARY KEY)');
            $package->addMigration(self::VERSIONS[1], 'Expand', 'SELECT SLEEP(IF((SELECT COUNT(*) FROM extra) = 0, 30, 0))');
        });
        $job = $this->next->client()->send('POST', '/internal/release/migrate', self::releaseToken())->text('job');
        $this->assertSoon('the second one is under way', fn (): bool => 0 !== $this->sleeper());
        $this->environment->mysql->query('INSERT INTO extra VALUES (1)');
        $this->environment->mysql->query('KILL '.$this->sleeper());

        $this->assertSoon('it has failed', fn (): bool => 'failed' === $this->job($job)->text('status'));
        self::assertMatchesRegularExpression('/gone away|Lost connection/', $this->job($job)->text('error'));
        self::assertSame([self::VERSIONS[0]], $this->job($job)->json()['executed']);
        self::assertSame('done', $this->migrate('')->text('status'));
    }

    #[Test]
    public function a_mysql_that_hangs_keeps_nobody_waiting_for_the_answer(): void
    {
        $this->start(static function (Package $package): void {
            $package->addMigration(self::VERSIONS[0], 'Expand', 'CREATE TABLE extra (id INT PRIMARY KEY)');
        });
        $this->environment->mysql->suspend();
        $answer = $this->next->client()->send('POST', '/internal/release/migrate', self::releaseToken());
        $this->environment->mysql->resume();

        self::assertProblem(503, $answer);
        self::assertSame('done', $this->migrate('')->text('status'));
    }

    #[Test]
    public function a_migration_may_take_longer_than_any_other_statement(): void
    {
        $this->start(static function (Package $package): void {
            $package->addMigration(self::VERSIONS[0], 'Expand', 'SELECT SLEEP(1.5)');
        });

        self::assertSame('done', $this->migrate('')->text('status'));
    }

    #[Test]
    public function a_migration_without_its_kind_is_refused_before_anything_runs(): void
    {
        $this->start(static function (Package $package): void {
            $package->addMigration(self::VERSIONS[0], 'Expand', 'CREATE TABLE extra (id INT PRIMARY KEY)');
            $file = $package->directory.'/migrations/Version'.self::VERSIONS[0].'.php';
            file_put_contents($file, str_replace('#[\App\Database\Expand]', '', (string) file_get_contents($file)));
        });

        self::assertProblem(500, $this->next->client()->send('POST', '/internal/release/migrate', self::releaseToken()));
        $this->assertSoon('the log says why', fn (): bool => str_contains($this->next->logged(), 'it needs exactly one'));
    }

    #[Test]
    public function the_release_tool_gets_the_plan_and_only_what_it_judged_runs(): void
    {
        $this->start(static function (Package $package): void {
            $package->addMigration(self::VERSIONS[0], 'Expand', 'CREATE TABLE extra (id INT PRIMARY KEY)');
            $package->addMigration(self::VERSIONS[1], 'Contract', 'DROP TABLE images');
        });
        $client = $this->next->client();
        $other = hash('sha256', self::VERSIONS[0]."\0CREATE TABLE other (id INT PRIMARY KEY)\0\0");
        $judged = hash('sha256', self::VERSIONS[0]."\0CREATE TABLE extra (id INT PRIMARY KEY)\0\0");

        self::assertSame(['migrations' => [['version' => self::VERSIONS[0], 'statements' => ['CREATE TABLE extra (id INT PRIMARY KEY)']]], 'waiting' => [self::VERSIONS[1]]], $client->get('/internal/release/migrate', self::releaseToken())->json());
        self::assertSame(['migrations' => [['version' => self::VERSIONS[1], 'statements' => ['DROP TABLE images']]], 'waiting' => [self::VERSIONS[0]]], $client->get('/internal/release/migrate?kind=contract', self::releaseToken())->json());
        self::assertProblem(422, $client->get('/internal/release/migrate?kind=both', self::releaseToken()));
        self::assertSame($client->get('/internal/release/migrate?kind=contract', self::releaseToken())->json(), $client->get('/_slipway/release/migrate?kind=contract', self::releaseToken())->json());
        self::assertProblem(422, $client->send('POST', '/internal/release/migrate', self::releaseToken(), '{"judged":"yes"}'));
        self::assertProblem(409, $client->send('POST', '/internal/release/migrate', self::releaseToken(), "{\"judged\":\"$other\"}"));
        self::assertSame([], $this->environment->mysql->query("SHOW TABLES LIKE 'extra'")->fetchAll());
        $job = $this->migrate("{\"judged\":\"$judged\"}");
        self::assertSame(['done', [self::VERSIONS[0]]], [$job->text('status'), $job->json()['executed']]);
    }

    #[Test]
    public function a_lock_that_is_not_had_within_seconds_is_a_refusal_that_names_who_may_hold_it(): void
    {
        $this->environment->mysql->query('CREATE TABLE extra (id INT PRIMARY KEY)');
        $this->environment->mysql->query('INSERT INTO extra VALUES (1)');
        $this->start(static function (Package $package): void {
            $package->addMigration(self::VERSIONS[0], 'Expand', 'ALTER TABLE extra ADD COLUMN more INT NULL');
        });
        $holder = $this->environment->mysql->connection();
        $holder->exec('BEGIN');
        $holder->query('SELECT * FROM extra');
        $answer = $holder->query('SELECT CONNECTION_ID()');
        self::assertInstanceOf(\PDOStatement::class, $answer);
        $id = (int) $answer->fetchColumn();

        $refused = $this->migrate('');
        $holder->exec('COMMIT');
        $again = $this->migrate('');

        self::assertSame(['failed', []], [$refused->text('status'), $refused->json()['executed']]);
        self::assertStringContainsString('connection '.$id.' of root', $refused->text('error'));
        $lock = $refused->json()['lock'];
        self::assertIsArray($lock);
        self::assertSame([4, 1, 'ALTER TABLE extra ADD COLUMN more INT NULL'], [$lock['tries'], $lock['seconds'], $lock['statement']]);
        self::assertIsArray($lock['blocking']);
        self::assertSame([$id], array_column($lock['blocking'], 'id'));
        self::assertSame('done', $again->text('status'));
        self::assertArrayNotHasKey('lock', $again->json());
    }

    #[Test]
    public function a_statement_gives_way_and_tries_again_for_its_lock(): void
    {
        $this->environment->mysql->query('CREATE TABLE extra (id INT PRIMARY KEY)');
        $this->start(static function (Package $package): void {
            $package->addMigration(self::VERSIONS[0], 'Expand', 'ALTER TABLE extra ADD COLUMN more INT NULL');
        });
        $holder = $this->environment->mysql->connection();
        $holder->exec('BEGIN');
        $holder->query('SELECT * FROM extra');
        $waits = fn (): bool => false !== $this->environment->mysql->query("SELECT 1 FROM information_schema.processlist WHERE state LIKE '%metadata lock%' AND info LIKE 'ALTER TABLE extra%'")->fetchColumn();
        $job = $this->next->client()->send('POST', '/internal/release/migrate', self::releaseToken())->text('job');
        $this->assertSoon('the statement waits', $waits);
        $this->assertSoon('it gives way', static fn (): bool => !$waits());
        $holder->exec('COMMIT');

        $this->assertSoon('it is done', fn (): bool => 'done' === $this->job($job)->text('status'));
    }

    #[Test]
    public function a_migration_with_two_statements_that_change_the_schema_is_refused_before_anything_runs(): void
    {
        $this->start(static function (Package $package): void {
            $package->addMigration(self::VERSIONS[0], 'Expand', 'CREATE TABLE extra (id INT PRIMARY KEY)', '/* why */ -- not
                ALTER TABLE extra ADD COLUMN more INT NULL');
        });

        $job = $this->migrate('');

        self::assertSame(['failed', []], [$job->text('status'), $job->json()['executed']]);
        self::assertStringContainsString('has 2 statements that change the schema', $job->text('error'));
        self::assertStringContainsString('Nothing of it was carried out', $job->text('error'));
        self::assertFalse($this->environment->mysql->query("SHOW TABLES LIKE 'extra'")->fetchColumn());
    }

    #[Test]
    public function a_migration_that_fails_in_the_middle_says_what_ran_and_is_continued_there(): void
    {
        $this->start(static function (Package $package): void {
            $package->addMigration(self::VERSIONS[0], 'Expand', 'CREATE TABLE extra (id INT PRIMARY KEY)', 'INSERT INTO extra SELECT id FROM later');
        });

        $failed = $this->migrate('');
        $this->environment->mysql->query('CREATE TABLE later (id INT PRIMARY KEY)');
        $continued = $this->migrate('');

        self::assertSame(['failed', []], [$failed->text('status'), $failed->json()['executed']]);
        self::assertStringContainsString('Carried out, and not taken back: CREATE TABLE extra', $failed->text('error'));
        self::assertStringContainsString('Not carried out: INSERT INTO extra', $failed->text('error'));
        self::assertSame(['done', [self::VERSIONS[0]]], [$continued->text('status'), $continued->json()['executed']], $continued->body);
        self::assertSame(0, (int) $this->environment->mysql->query('SELECT COUNT(*) FROM schema_progress')->fetchColumn());
    }

    #[Test]
    public function what_a_failed_migration_wrote_is_not_written_again(): void
    {
        $this->environment->mysql->query('CREATE TABLE extra (id INT AUTO_INCREMENT PRIMARY KEY, value INT)');
        $this->start(static function (Package $package): void {
            $package->addMigration(self::VERSIONS[0], 'Expand', 'INSERT INTO extra (value) VALUES (7)', 'INSERT INTO extra (value) SELECT id FROM later');
        });

        $failed = $this->migrate('');
        $this->environment->mysql->query('CREATE TABLE later (id INT PRIMARY KEY)');

        self::assertStringContainsString('A repeated run continues after what was carried out', $failed->text('error'));
        self::assertSame('done', $this->migrate('')->text('status'));
        self::assertSame([7], $this->environment->mysql->query('SELECT value FROM extra')->fetchAll(\PDO::FETCH_COLUMN));
    }

    #[Test]
    public function a_run_that_is_stopped_ends_its_statement_and_can_be_continued(): void
    {
        $this->start(static function (Package $package): void {
            $package->addMigration(self::VERSIONS[0], 'Expand', 'CREATE TABLE extra (id INT PRIMARY KEY)');
            $package->addMigration(self::VERSIONS[1], 'Expand', 'SELECT SLEEP(IF((SELECT COUNT(*) FROM extra) = 0, 300, 0))');
        });
        $client = $this->next->client();
        $job = $client->send('POST', '/internal/release/migrate', self::releaseToken())->text('job');
        $this->assertSoon('the second one is under way', fn (): bool => 0 !== $this->sleeper());
        $stopping = $client->send('DELETE', '/internal/release/migrate/'.$job, self::releaseToken());
        $this->assertSoon('it has stopped', fn (): bool => 'stopped' === $this->job($job)->text('status'));
        $ended = $client->send('DELETE', '/internal/release/migrate/'.$job, self::releaseToken());
        $this->environment->mysql->query('INSERT INTO extra VALUES (1)');
        $next = $this->migrate('');

        self::assertSame(202, $stopping->status);
        self::assertContains($stopping->text('status'), ['running', 'stopped']);
        self::assertSame([200, 'stopped', [self::VERSIONS[0]]], [$ended->status, $ended->text('status'), $ended->json()['executed']]);
        self::assertSame(0, $this->sleeper());
        self::assertProblem(404, $client->send('DELETE', '/internal/release/migrate/00000000000000000000000009', self::releaseToken()));
        self::assertProblem(404, $client->send('DELETE', '/internal/release/migrate/'.$job));
        self::assertSame(['done', [self::VERSIONS[1]]], [$next->text('status'), $next->json()['executed']]);
    }

    /** @param callable(Package): void $prepare */
    private function start(callable $prepare): void
    {
        $package = $this->environment->anotherPackage();
        $prepare($package);
        $this->next = $this->environment->another(['FPM_MAX_CHILDREN' => '1'], $package->directory);
        $this->next->start();
        $this->next->awaitReady();
    }

    private function migrate(string $body): Response
    {
        $job = $this->next->client()->send('POST', '/internal/release/migrate', self::releaseToken(), $body)->text('job');
        $this->assertSoon('the job ends', fn (): bool => 'running' !== $this->job($job)->text('status'));

        return $this->job($job);
    }

    private function job(string $job): Response
    {
        return $this->next->client()->get('/internal/release/migrate/'.$job, self::releaseToken());
    }

    private function schemaOf(Response $health): string
    {
        $checks = $health->json()['checks'] ?? null;
        self::assertIsArray($checks);
        self::assertIsArray($checks['schema']);
        self::assertIsArray($checks['schema'][0]);

        return \App\Tests\Servers\Text::of($checks['schema'][0]['status']);
    }

    /** The server continues a killed client's statement, and its connection holds the lock until then. */
    private function sleeper(): int
    {
        return (int) $this->environment->mysql->query("SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'")->fetchColumn();
    }
}
