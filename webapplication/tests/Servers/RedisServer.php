<?php

declare(strict_types=1);

namespace App\Tests\Servers;

final class RedisServer implements Server
{
    public const PASSWORD = 'redis-secret-8c2e';

    public readonly int $port;
    private ?Process $process = null;

    public function __construct(private readonly string $directory, private readonly Certificates $certificates)
    {
        $this->port = Port::free();
        mkdir($directory);
    }

    public function start(): void
    {
        $this->process = Process::start([
            'redis-server', '--bind', '127.0.0.1', '--port', '0', '--tls-port', (string) $this->port, '--tls-auth-clients', 'no',
            '--tls-cert-file', $this->certificates->certificate, '--tls-key-file', $this->certificates->key, '--tls-ca-cert-file', $this->certificates->ca,
            '--requirepass', self::PASSWORD, '--save', '', '--appendonly', 'no', '--dir', $this->directory,
        ], [], $this->directory.'/server.log');
    }

    public function awaitReady(): void
    {
        Wait::until('Redis takes connections', fn (): bool => Port::answers($this->port));
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

    /** @return int number of connections since the server was started, with the one that asks */
    public function receivedConnections(): int
    {
        $stats = $this->client()->info('stats');

        return is_array($stats) && is_numeric($stats['total_connections_received'] ?? null) ? (int) $stats['total_connections_received'] : throw new \RuntimeException('Redis gives no statistics');
    }

    public function client(): \Redis
    {
        $redis = new \Redis();
        $redis->connect('tls://127.0.0.1', $this->port, 1, null, 0, 1, ['stream' => ['cafile' => $this->certificates->ca]]);
        $redis->auth(self::PASSWORD);

        return $redis;
    }
}
