<?php

declare(strict_types=1);

namespace App\Database;

use Doctrine\DBAL\Connection;
use Doctrine\Migrations\Configuration\Connection\ExistingConnection;
use Doctrine\Migrations\Configuration\Migration\ConfigurationArray;
use Doctrine\Migrations\DependencyFactory;
use Doctrine\Migrations\MigratorConfiguration;
use Doctrine\Migrations\Version\Direction;
use Doctrine\Migrations\Version\Version as DoctrineVersion;

/** The migrations of this package, executed with Doctrine Migrations. */
final readonly class Migrations
{
    private const NAMESPACE = 'DoctrineMigrations';

    public function __construct(private string $directory)
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
        $this->doctrine($connection)->getMetadataStorage()->ensureInitialized();
    }

    public function execute(Connection $connection, string $version): void
    {
        $doctrine = $this->doctrine($connection);
        $plan = $doctrine->getMigrationPlanCalculator()->getPlanForVersions([new DoctrineVersion(self::className($version))], Direction::UP);
        $doctrine->getMigrator()->migrate($plan, (new MigratorConfiguration())->setAllOrNothing(false));
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
