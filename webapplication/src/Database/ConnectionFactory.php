<?php

declare(strict_types=1);

namespace App\Database;

use App\Settings;
use Doctrine\DBAL\Configuration;
use Doctrine\DBAL\Connection;
use Doctrine\DBAL\DriverManager;
use Doctrine\DBAL\Exception as DbalException;

/** Opens connections to MySQL, always over TLS with the server's certificate and name verified. Timeouts are 1 s, except for migrations. */
final readonly class ConnectionFactory
{
    private const CONNECT_SECONDS = 1;
    /** Replaces mysqlnd.net_read_timeout of php.ini, which is 1 s. */
    private const MIGRATION_READ_SECONDS = 3600;
    /** A dry run is answered within a request. */
    private const DRY_RUN_READ_SECONDS = 20;

    public function __construct(private Settings $settings)
    {
    }

    /** A connection that this worker process keeps for later requests. */
    public function persistent(): Connection
    {
        return $this->connect(true);
    }

    public function open(): Connection
    {
        return $this->connect(false);
    }

    /** Sees connections of other logins, which the application's own may not. Without an administrator the application's own. */
    public function openAs(?Administrator $administrator): Connection
    {
        return $this->connect(false, login: $administrator);
    }

    /** @throws DbalException */
    public function openForMigration(): MigrationConnection
    {
        return $this->openGuarded(self::MIGRATION_READ_SECONDS);
    }

    /** @throws DbalException */
    public function openForDryRun(): MigrationConnection
    {
        return $this->openGuarded(self::DRY_RUN_READ_SECONDS);
    }

    /** Connects at once, because the driver reads its timeouts while it connects. */
    private function openGuarded(int $readSeconds): MigrationConnection
    {
        $guard = new StatementGuard();
        $before = ini_set('mysqlnd.net_read_timeout', (string) $readSeconds);
        try {
            // One text is one statement: what follows a semicolon was not judged.
            $connection = $this->connect(false, [\PDO::MYSQL_ATTR_MULTI_STATEMENTS => false], (new Configuration())->setMiddlewares([new StatementGuardMiddleware($guard)]));
            $connection->getNativeConnection();

            return new MigrationConnection($connection, $guard);
        } finally {
            ini_set('mysqlnd.net_read_timeout', (string) $before);
        }
    }

    /** @param array<int, mixed> $options of the driver, besides those of every connection */
    private function connect(bool $persistent, array $options = [], ?Configuration $configuration = null, ?Administrator $login = null): Connection
    {
        return DriverManager::getConnection([
            'driver' => 'pdo_mysql',
            'host' => $this->settings->databaseHost,
            'port' => $this->settings->databasePort,
            'dbname' => $this->settings->databaseName,
            'user' => $login->user ?? $this->settings->databaseUser,
            'password' => $login->password ?? $this->settings->databasePassword,
            'charset' => 'utf8mb4',
            'persistent' => $persistent,
            'driverOptions' => [
                \PDO::ATTR_TIMEOUT => self::CONNECT_SECONDS,
                \PDO::MYSQL_ATTR_SSL_CA => $this->settings->tlsCaFile,
                \PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT => true,
            ] + $options,
        ], $configuration);
    }
}
