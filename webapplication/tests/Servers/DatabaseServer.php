<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** The database of the tests, with an account for the application that has to use TLS. */
abstract class DatabaseServer implements Server
{
    public const PASSWORD = 'mysql-secret-5f1d';

    protected function __construct(public readonly int $port)
    {
    }

    /** MariaDB, or the MySQL of the container that TEST_MYSQL_CONTAINER names. */
    public static function create(string $directory, Certificates $certificates): self
    {
        $container = (string) getenv('TEST_MYSQL_CONTAINER');

        return '' === $container ? new MariaDb($directory, $certificates) : new MySqlContainer($container, $directory, $certificates);
    }

    /** Creates the data directory of an empty server, or what an existing one lacks. */
    abstract public function install(): Process;

    /** As the administrator. */
    abstract public function connection(): \PDO;

    public function query(string $sql): \PDOStatement
    {
        $statement = $this->connection()->query($sql);
        if (false === $statement) {
            throw new \RuntimeException('no result: '.$sql);
        }

        return $statement;
    }
}
