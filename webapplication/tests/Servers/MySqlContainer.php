<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/**
 * The MySQL of a container that a pipeline started, with port 3306 published and `root` as root's password. It gets the
 * certificates of the tests under the names that MySQL looks for in its data directory.
 */
final class MySqlContainer extends DatabaseServer
{
    private const ROOT_PASSWORD = 'root';
    private const DATA = '/var/lib/mysql';

    public function __construct(private readonly string $container, private readonly string $directory, private readonly Certificates $certificates)
    {
        parent::__construct(3306);
    }

    public function install(): Process
    {
        mkdir($this->directory);
        $copies = ['ca.pem' => $this->certificates->ca, 'server-cert.pem' => $this->certificates->certificate, 'server-key.pem' => $this->certificates->key];
        $script = "set -e\n";
        foreach ($copies as $name => $from) {
            $script .= sprintf("docker cp %s %s\n", escapeshellarg($from), escapeshellarg($this->container.':'.self::DATA.'/'.$name));
        }
        $files = implode(' ', array_map(static fn (string $name): string => self::DATA.'/'.$name, array_keys($copies)));
        $script .= sprintf("docker exec --user root %1\$s chown mysql:mysql %2\$s\ndocker exec --user root %1\$s chmod 600 %3\$s\n", escapeshellarg($this->container), $files, self::DATA.'/server-key.pem');

        return Process::start(['sh', '-c', $script], [], $this->directory.'/install.log');
    }

    /** Restarted, so that it reads the certificates. */
    public function start(): void
    {
        $this->docker('restart', '--time', '0');
    }

    public function awaitReady(): void
    {
        Wait::until('MySQL accepts the administrator', fn (): bool => $this->isReady(), 60);
        foreach ([
            'CREATE DATABASE IF NOT EXISTS slipway',
            sprintf("CREATE USER IF NOT EXISTS slipway@'%%' IDENTIFIED BY '%s' REQUIRE SSL", self::PASSWORD),
            "GRANT ALL ON slipway.* TO slipway@'%'",
            "GRANT PROCESS ON *.* TO slipway@'%'",
        ] as $sql) {
            $this->connect()->exec($sql);
        }
    }

    public function stop(): void
    {
        $this->docker('kill');
    }

    public function suspend(): void
    {
        $this->docker('pause');
    }

    public function resume(): void
    {
        $this->docker('unpause');
    }

    public function connection(): \PDO
    {
        return $this->connect(';dbname=slipway');
    }

    private function connect(string $database = ''): \PDO
    {
        return new \PDO('mysql:host=127.0.0.1;port='.$this->port.$database, 'root', self::ROOT_PASSWORD, [
            \PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION,
            \PDO::MYSQL_ATTR_SSL_CA => $this->certificates->ca,
            \PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT => true,
        ]);
    }

    private function isReady(): bool
    {
        try {
            $this->connect();

            return true;
        } catch (\PDOException) {
            return false;
        }
    }

    private function docker(string $command, string ...$options): void
    {
        exec(implode(' ', array_map(escapeshellarg(...), ['docker', $command, ...$options, $this->container])).' 2>&1', $output, $code);
        if (0 !== $code && 'kill' !== $command) {
            throw new \RuntimeException("docker $command: ".implode("\n", $output));
        }
    }
}
