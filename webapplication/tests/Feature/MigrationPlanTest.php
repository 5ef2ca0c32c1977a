<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Database\ConnectionFactory;
use App\Database\MigrationKind;
use App\Database\MigrationPlan;
use App\Database\Migrations;
use App\Database\SchemaRepository;
use App\Http\AfterResponse;
use App\Release\MigrationJob;
use App\Release\MigrationJobRepository;
use App\Release\MigrationRunner;
use App\Release\PlanChangedException;
use App\Settings;
use App\Tests\Servers\MigrationFile;
use PHPUnit\Framework\Attributes\Test;
use PHPUnit\Framework\Attributes\TestWith;
use Psr\Log\NullLogger;

/** Dry runs and runs of migrations against MySQL, in this process. */
final class MigrationPlanTest extends FeatureTestCase
{
    public const SQL = 'INSERT INTO extra VALUES (?, ?) -- ';
    /** A class of PHP has one body for the life of a process. */
    private static int $last = 20_270_201_000_000;

    private string $directory;
    private MigrationRunner $runner;
    private AfterResponse $after;

    protected function setUp(): void
    {
        parent::setUp();
        $this->directory = $this->environment->directory.'/migrations-'.bin2hex(random_bytes(4));
        mkdir($this->directory);
        foreach ($this->environment->settings() as $name => $value) {
            putenv("$name=$value");
        }
        $this->after = new AfterResponse();
        $connections = new ConnectionFactory(Settings::fromEnvironment());
        $this->runner = new MigrationRunner($connections, new Migrations($this->directory, $connections), new MigrationJobRepository(), new SchemaRepository(), $this->after, new NullLogger());
    }

    protected function tearDown(): void
    {
        foreach (array_keys($this->environment->settings()) as $name) {
            putenv($name);
        }
        $this->environment->mysql->query("DELETE FROM schema_migrations WHERE version LIKE '%Version202702%'");
        $this->environment->mysql->query("DELETE FROM schema_changes WHERE version LIKE '202702%'");
        $this->environment->mysql->query('DROP TABLE IF EXISTS extra');
    }

    #[Test]
    public function a_plan_has_the_sql_that_runs_however_a_migration_makes_it_and_runs_nothing(): void
    {
        $this->add('$schema->getTable("images")->addColumn("price", "decimal", ["precision" => 10, "scale" => 2]);');
        $this->add('$this->addSql("ALTER TABLE images \u{44}ROP width");');
        $this->add('', extends: '\\'.MigrationThatDrops::class);
        $this->add('$rows = $this->connection->fetchOne("SELECT 7"); $this->addSql(\App\Tests\Feature\MigrationPlanTest::SQL.$rows, [$rows, new \DateTimeImmutable()], [1 => "datetime_immutable"]);');
        $this->add('$this->skipIf(true, "nothing to do");');

        self::assertSame([
            ['ALTER TABLE images ADD price NUMERIC(10, 2) NOT NULL'],
            ['ALTER TABLE images DROP width'],
            ['ALTER TABLE images DROP height'],
            [self::SQL.'7'],
            [],
        ], array_values($this->runner->plan(MigrationKind::Expand)->statements));
        self::assertSame(200, $this->client->get('/api/images')->status);
        self::assertSame([], $this->environment->mysql->query("SHOW COLUMNS FROM images LIKE 'price'")->fetchAll());
    }

    #[Test]
    #[TestWith(['$this->connection->executeStatement("CREATE TABLE extra (id INT)");', 'did not announce'])]
    #[TestWith(['$this->connection->insert("images", ["id" => "x"]);', 'did not announce'])]
    #[TestWith(['$this->connection->fetchOne("SELECT 1; CREATE TABLE extra (id INT)");', 'syntax'])]
    #[TestWith(['$this->connection->getNativeConnection()->exec("CREATE TABLE extra (id INT)");', 'READ ONLY'])]
    #[TestWith(['$this->addSql("INSERT INTO extra VALUES (?)", [[1, 2]], [\Doctrine\DBAL\ArrayParameterType::INTEGER]);', 'is a list'])]
    public function a_migration_that_writes_by_itself_is_no_plan_and_changes_nothing(string $up, string $reason): void
    {
        $version = $this->add($up);
        $plan = $this->runner->plan(MigrationKind::Expand);
        $job = $this->execute();

        self::assertSame([[], $version], [$plan->statements, $plan->failed]);
        self::assertStringContainsString($reason, (string) $plan->reason);
        self::assertSame([MigrationJob::FAILED, []], [$job->status, $job->executed]);
        self::assertFalse($this->extraIsThere());
    }

    #[Test]
    public function a_plan_that_was_not_judged_does_not_run(): void
    {
        $version = $this->add('$this->addSql("CREATE TABLE extra (id INT)");');
        $judged = new MigrationPlan([$version => ['CREATE TABLE extra (id INT NOT NULL)']]);

        try {
            $this->runner->start(MigrationKind::Expand, $judged->hash());
            self::fail('it was started');
        } catch (PlanChangedException) {
            $this->after->finish();
        }
        self::assertFalse($this->extraIsThere());
    }

    #[Test]
    public function a_migration_that_reads_what_one_before_it_makes_is_planned_when_that_one_has_run(): void
    {
        $versions = [
            $this->add('$this->addSql("CREATE TABLE extra (id INT)");'),
            $this->add('$schema->getTable("extra")->addColumn("more", "integer", ["notnull" => false]);'),
            $this->add('$this->addSql("CREATE INDEX more ON ".($this->sm->tablesExist(["extra"]) ? "extra" : "nowhere")." (id)");'),
        ];
        $first = $this->runner->plan(MigrationKind::Expand);
        // As the release tool does: plan, judge, run, until nothing is left.
        $executed = array_map(fn (): array => $this->execute($this->runner->plan(MigrationKind::Expand))->executed, [1, 2, 3]);

        self::assertSame([[$versions[0]], $versions[1]], [$first->versions(), $first->failed]);
        self::assertSame([[$versions[0]], [$versions[1], $versions[2]], []], $executed);
    }

    #[Test]
    public function what_is_another_plan_after_the_migration_before_it_waits_to_be_judged_anew(): void
    {
        $versions = [
            $this->add('$this->addSql("CREATE TABLE extra (id INT)");'),
            $this->add('$this->addSql($this->sm->tablesExist(["extra"]) ? "DROP TABLE extra" : "CREATE INDEX b ON images (bytes)");'),
        ];
        $job = $this->execute($this->runner->plan(MigrationKind::Expand));

        self::assertSame([MigrationJob::DONE, [$versions[0]], [$versions[1]]], [$job->status, $job->executed, $job->pending]);
        self::assertTrue($this->extraIsThere());
    }

    #[Test]
    public function a_migration_whose_sql_is_another_one_when_it_runs_is_stopped(): void
    {
        $this->add('$this->addSql("CREATE TABLE extra (a".bin2hex(random_bytes(8))." INT)");');
        $job = $this->execute();

        self::assertSame(MigrationJob::FAILED, $job->status);
        self::assertStringContainsString('did not announce', (string) $job->error);
        self::assertFalse($this->extraIsThere());
    }

    #[Test]
    public function a_migration_that_fails_halfway_says_what_ran_and_what_did_not(): void
    {
        $version = $this->add('$this->addSql("CREATE TABLE extra (id INT PRIMARY KEY)"); $this->addSql("INSERT INTO extra VALUES (1), (1)"); $this->addSql("INSERT INTO extra VALUES (2)");');
        $first = $this->execute();
        $again = $this->execute();

        self::assertMatchesRegularExpression('/^Migration '.$version.': .*Duplicate entry.* Carried out, and not taken back: CREATE TABLE extra \(id INT PRIMARY KEY\)\. Not carried out: INSERT INTO extra VALUES \(1\), \(1\); INSERT INTO extra VALUES \(2\)\. A repeated run continues after what was carried out\.$/', (string) $first->error);
        self::assertMatchesRegularExpression('/Duplicate entry.* Carried out, and not taken back: CREATE TABLE/', (string) $again->error, 'the table is not made again');
    }

    #[Test]
    #[TestWith([true, '/Nothing of it was carried out\. Not carried out: INSERT INTO extra VALUES \(1\); INSERT/', '0'])]
    #[TestWith([false, '/Carried out, and not taken back: INSERT INTO extra VALUES \(1\)\. Not carried out: INSERT/', '1'])]
    public function what_a_transaction_takes_back_was_not_carried_out(bool $transactional, string $message, string $rows): void
    {
        $this->environment->mysql->query('CREATE TABLE extra (id INT PRIMARY KEY)');
        $this->add('$this->addSql("INSERT INTO extra VALUES (1)"); $this->addSql("INSERT INTO extra VALUES (1)");', transactional: $transactional);
        $job = $this->execute();

        self::assertMatchesRegularExpression($message, (string) $job->error);
        self::assertSame($rows, (string) $this->environment->mysql->query('SELECT COUNT(*) FROM extra')->fetchColumn());
    }

    private function add(string $up, string $extends = '\Doctrine\Migrations\AbstractMigration', bool $transactional = false): string
    {
        $version = (string) ++self::$last;
        (new MigrationFile($this->directory, $version))->write('Expand', $up, $extends, $transactional);
        require_once $this->directory.'/Version'.$version.'.php';

        return $version;
    }

    private function execute(?MigrationPlan $judged = null): MigrationJob
    {
        $job = $this->runner->start(MigrationKind::Expand, $judged?->hash());
        $this->after->finish();

        return $this->runner->find($job->id) ?? self::fail('the job is gone');
    }

    private function extraIsThere(): bool
    {
        return [] !== $this->environment->mysql->query("SHOW TABLES LIKE 'extra'")->fetchAll();
    }
}
