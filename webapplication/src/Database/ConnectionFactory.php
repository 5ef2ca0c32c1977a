<?php

declare(strict_types=1);

namespace App\Database;

use App\Settings;
use Doctrine\DBAL\Connection;
use Doctrine\DBAL\DriverManager;
use Doctrine\DBAL\Exception as DbalException;

/** Connections to MySQL: always TLS, the server's certificate and name verified, and no wait longer than a second but for a migration. */
final readonly class ConnectionFactory
{
    private const CONNECT_SECONDS = 1;
    /** mysqlnd.net_read_timeout of php.ini is 1 s; a migration may take its time. */
    private const MIGRATION_READ_SECONDS = 3600;

    public function __construct(private Settings $settings)
    {
    }

    /** Kept by this worker process for the requests to come. */
    public function persistent(): Connection
    {
        return $this->connect(true);
    }

    public function open(): Connection
    {
        return $this->connect(false);
    }

    /**
     * Connected when it is returned, since the driver takes its time limits at that moment.
     *
     * @throws DbalException
     */
    public function openForMigration(): Connection
    {
        $before = ini_set('mysqlnd.net_read_timeout', (string) self::MIGRATION_READ_SECONDS);
        try {
            $connection = $this->connect(false);
            $connection->getNativeConnection();

            return $connection;
        } finally {
            ini_set('mysqlnd.net_read_timeout', (string) $before);
        }
    }

    private function connect(bool $persistent): Connection
    {
        return DriverManager::getConnection([
            'driver' => 'pdo_mysql',
            'host' => $this->settings->databaseHost,
            'port' => $this->settings->databasePort,
            'dbname' => $this->settings->databaseName,
            'user' => $this->settings->databaseUser,
            'password' => $this->settings->databasePassword,
            'charset' => 'utf8mb4',
            'persistent' => $persistent,
            'driverOptions' => [
                \PDO::ATTR_TIMEOUT => self::CONNECT_SECONDS,
                \PDO::MYSQL_ATTR_SSL_CA => $this->settings->tlsCaFile,
                \PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT => true,
            ],
        ]);
    }
}
