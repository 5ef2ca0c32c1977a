<?php

declare(strict_types=1);

namespace App\Tests\Servers;

final class MariaDb extends DatabaseServer
{
    private ?Process $process = null;

    public function __construct(private readonly string $directory, private readonly Certificates $certificates)
    {
        parent::__construct(Port::free());
    }

    public function install(): Process
    {
        mkdir($this->directory);
        file_put_contents($this->directory.'/init.sql', sprintf(
            "CREATE DATABASE IF NOT EXISTS slipway;\nCREATE USER IF NOT EXISTS slipway@'127.0.0.1' IDENTIFIED BY '%s' REQUIRE SSL;\nGRANT ALL ON slipway.* TO slipway@'127.0.0.1';\nGRANT PROCESS ON *.* TO slipway@'127.0.0.1';\n",
            self::PASSWORD,
        ));

        return Process::start([
            'mariadb-install-db', '--no-defaults', '--user='.self::user(), '--datadir='.$this->directory.'/data', '--auth-root-authentication-method=normal',
            // A starting server deletes all temporary tables in tmpdir, also those of other servers, which then crash.
            '--tmpdir='.$this->directory, '--skip-test-db',
        ], [], $this->directory.'/install.log');
    }

    public function start(): void
    {
        $this->process = Process::start([
            'mariadbd', '--no-defaults', '--user='.self::user(), '--datadir='.$this->directory.'/data', '--bind-address=127.0.0.1', '--port='.$this->port,
            '--socket='.$this->directory.'/s', '--pid-file='.$this->directory.'/pid', '--skip-name-resolve', '--require-secure-transport=ON',
            '--ssl-ca='.$this->certificates->ca, '--ssl-cert='.$this->certificates->certificate, '--ssl-key='.$this->certificates->key,
            '--innodb-buffer-pool-size=16M', '--innodb-flush-log-at-trx-commit=2', '--innodb-log-file-size=16M', '--performance-schema=OFF', '--skip-log-bin',
            '--tmpdir='.$this->directory, '--init-file='.$this->directory.'/init.sql',
        ], [], $this->directory.'/server.log');
    }

    public function awaitReady(): void
    {
        Wait::until('MariaDB takes connections, see '.$this->directory.'/server.log', fn (): bool => Port::answers($this->port), 20);
    }

    public function stop(): void
    {
        $this->process?->stop(\SIGKILL);
    }

    public function suspend(): void
    {
        $this->process?->signal(\SIGSTOP);
    }

    public function resume(): void
    {
        $this->process?->signal(\SIGCONT);
    }

    /** Over the socket. */
    public function connection(): \PDO
    {
        return new \PDO('mysql:unix_socket='.$this->directory.'/s;dbname=slipway', 'root', '', [\PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION]);
    }

    private static function user(): string
    {
        return posix_getpwuid(posix_geteuid())['name'] ?? throw new \RuntimeException('a user without a name');
    }
}
