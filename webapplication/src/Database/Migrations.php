<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\DBAL\Connection;
use Doctrine\Migrations\Configuration\Connection\ExistingConnection;
use Doctrine\Migrations\Configuration\Migration\ConfigurationArray;
use Doctrine\Migrations\DependencyFactory;
use Doctrine\Migrations\Metadata\MigrationPlan as DoctrinePlan;
use Doctrine\Migrations\Metadata\Storage\MetadataStorage;
use Doctrine\Migrations\MigratorConfiguration;
use Doctrine\Migrations\Query\Query;
use Doctrine\Migrations\Version\Direction;
use Doctrine\Migrations\Version\Version as DoctrineVersion;

/** The migrations of this package, executed with Doctrine Migrations. */
final readonly class Migrations
{
    private const NAMESPACE = 'DoctrineMigrations';

    public function __construct(private string $directory, private ConnectionFactory $connections)
    {
    }

    /** @return list<string> 14 digits each, ascending */
    public function versions(): array
    {
        $files = glob($this->directory.'/Version*.php');
        $versions = array_map(static fn (string $file): string => substr(basename($file, '.php'), -14), false === $files ? [] : $files);
        sort($versions, \SORT_STRING);

        return $versions;
    }

    /** @return list<string> */
    public function ofKind(MigrationKind $kind): array
    {
        return array_values(array_filter(
            $this->versions(),
            static fn (string $version): bool => MigrationKind::of(self::className($version)) === $kind,
        ));
    }

    public function prepare(Connection $connection): void
    {
        MigrationProgress::prepare($connection);
        $this->doctrine($connection)->getMetadataStorage()->ensureInitialized();
    }

    /**
     * The SQL that these migrations would send now, oldest first: their code runs, and what they add is collected. A
     * migration that reads what one before it makes cannot be planned yet: the plan ends before it.
     *
     * @param list<string> $versions
     */
    public function plan(MigrationConnection $connection, array $versions): MigrationPlan
    {
        $configuration = (new MigratorConfiguration())->setAllOrNothing(false)->setDryRun(true);
        $statements = [];
        foreach ($versions as $version) {
            try {
                $statements[$version] = $this->dryRun($connection, $version, $configuration);
            } catch (\Throwable $failure) {
                return new MigrationPlan($statements, $version, $failure->getMessage());
            }
        }

        return new MigrationPlan($statements);
    }

    /**
     * @param list<string>           $planned   what the migration may send, as its plan says
     * @param StatementExecution     $execution how it is sent
     *
     * @throws MigrationFailedException which says what of it ran
     */
    public function execute(MigrationConnection $connection, string $version, array $planned, StatementExecution $execution): void
    {
        $doctrine = $this->doctrine($connection->connection);
        $plan = $doctrine->getMigrationPlanCalculator()->getPlanForVersions([new DoctrineVersion(self::className($version))], Direction::UP);
        $transactional = [] !== array_filter($plan->getItems(), static fn (DoctrinePlan $item): bool => $item->getMigration()->isTransactional());
        $progress = MigrationProgress::of($this->connections, $version, $planned, $transactional);
        $connection->guard->begin($planned, $execution, $progress);
        try {
            $doctrine->getMigrator()->migrate($plan, (new MigratorConfiguration())->setAllOrNothing(false));
            $progress->forget();
        } catch (\Throwable $failure) {
            throw MigrationFailedException::of($version, $planned, $connection->guard->ran(), $transactional, $failure);
        } finally {
            $connection->guard->end();
        }
    }

    /** @return list<string> */
    private function dryRun(MigrationConnection $connection, string $version, MigratorConfiguration $configuration): array
    {
        $doctrine = $this->doctrine($connection->connection);
        $doctrine->setService(MetadataStorage::class, new NoMetadataStorage());
        $plan = $doctrine->getMigrationPlanCalculator()->getPlanForVersions([new DoctrineVersion(self::className($version))], Direction::UP);
        // What goes past the guard, by way of the driver's own connection, is refused by the server.
        $connection->connection->executeStatement('SET SESSION TRANSACTION READ ONLY');
        $connection->guard->begin([]);
        try {
            $queries = array_merge(...array_values($doctrine->getMigrator()->migrate($plan, $configuration)));
        } finally {
            $connection->guard->end();
            $connection->connection->executeStatement('SET SESSION TRANSACTION READ WRITE');
        }

        return array_values(array_map(self::sql(...), $queries));
    }

    /** The values of parameters may differ from run to run; they can be nothing but values. */
    private static function sql(Query $query): string
    {
        foreach ($query->getParameters() as $value) {
            if (is_array($value)) {
                throw new \LogicException('A parameter is a list, which Doctrine turns into other SQL when it runs: '.$query->getStatement());
            }
        }

        return $query->getStatement();
    }

    private function doctrine(Connection $connection): DependencyFactory
    {
        return DependencyFactory::fromConnection(new ConfigurationArray([
            'table_storage' => ['table_name' => SchemaRepository::EXECUTED_TABLE],
            'migrations_paths' => [self::NAMESPACE => $this->directory],
            'transactional' => false,
            'check_database_platform' => false,
        ]), new ExistingConnection($connection));
    }

    /** @return class-string */
    private static function className(string $version): string
    {
        $class = self::NAMESPACE.'\\Version'.$version;

        return class_exists($class) ? $class : throw new \LogicException($class.' is not a class.');
    }
}
