<?php

declare(strict_types=1);

namespace App\Cache;

use App\Resilience\CircuitBreaker;
use App\Settings;
use App\Telemetry\Span;
use App\Telemetry\Tracer;

/** Redis over TLS with timeouts, on a persistent connection per worker process; phpredis reconnects when the server closed it. */
final class Redis
{
    private const DEPENDENCY = 'redis';
    /** Includes the TLS handshake, which is slow while all workers connect at once. */
    private const CONNECT_SECONDS = 1.0;
    private const READ_SECONDS = 0.5;
    private const TIMEOUT_SECONDS = 0.45;

    private const PROBE_KEY = 'health:probe';
    private const PROBE_SECONDS = 60;

    private ?\Redis $connection = null;

    public function __construct(
        private readonly Settings $settings,
        private readonly Tracer $tracer,
        private readonly CircuitBreaker $breaker,
    ) {
    }

    /**
     * @param list<int|string> $arguments
     *
     * @throws RedisUnavailableException
     */
    public function evaluate(string $script, string $key, array $arguments = []): mixed
    {
        return $this->run('EVAL', static fn (\Redis $redis): mixed => $redis->eval($script, [$key, ...$arguments], 1));
    }

    /** @throws RedisUnavailableException */
    public function delete(string $key): void
    {
        $this->run('DEL', static fn (\Redis $redis): mixed => $redis->del($key));
    }

    /**
     * Writes a key. Uses a new connection, so that a persistent one cannot hide that Redis accepts no connections.
     *
     * @throws RedisUnavailableException also when Redis only answers reads
     */
    public function probe(float $seconds): void
    {
        try {
            $redis = $this->connect(false, $seconds);
            if (true !== $redis->set(self::PROBE_KEY, '1', ['ex' => self::PROBE_SECONDS])) {
                throw new \RedisException($redis->getLastError() ?? 'no reason given');
            }
            $redis->close();
        } catch (\RedisException $failure) {
            throw new RedisUnavailableException($failure->getMessage(), 0, $failure);
        }
    }

    /** @param callable(\Redis): mixed $command */
    private function run(string $name, callable $command): mixed
    {
        if (!$this->breaker->allows(self::DEPENDENCY)) {
            throw new RedisUnavailableException('Redis timed out recently; the circuit breaker is open.');
        }

        return $this->tracer->span('redis '.$name, function (Span $span) use ($command): mixed {
            $startedAt = microtime(true);
            try {
                $answer = $this->ask($command);
                $this->breaker->recordSuccess(self::DEPENDENCY);

                return $answer;
            } catch (\RedisException $failure) {
                // A late answer on a persistent connection would be read as the answer to the next command.
                $this->connection?->close();
                $this->connection = null;
                if (microtime(true) - $startedAt >= self::TIMEOUT_SECONDS) {
                    $this->breaker->recordTimeout(self::DEPENDENCY);
                }
                throw new RedisUnavailableException($failure->getMessage(), 0, $failure);
            }
        }, ['db.system.name' => 'redis', 'db.operation.name' => $name]);
    }

    /** @param callable(\Redis): mixed $command */
    private function ask(callable $command): mixed
    {
        $redis = $this->connection ??= $this->connect(true);
        $redis->clearLastError();
        $answer = $command($redis);
        $error = $redis->getLastError();
        if (is_string($error)) {
            throw new \RedisException($error);
        }

        return $answer;
    }

    private function connect(bool $persistent, float $seconds = self::CONNECT_SECONDS): \Redis
    {
        $redis = new \Redis();
        $host = 'tls://'.$this->settings->redisHost;
        $context = ['stream' => [
            'cafile' => $this->settings->tlsCaFile,
            'peer_name' => $this->settings->redisHost,
            'verify_peer' => true,
            'verify_peer_name' => true,
        ]];
        // phpredis reports a failed connection with a warning and an exception; the exception is enough.
        $connected = $persistent
            ? @$redis->pconnect($host, $this->settings->redisPort, $seconds, 'slipway', 0, self::READ_SECONDS, $context)
            : @$redis->connect($host, $this->settings->redisPort, $seconds, null, 0, $seconds, $context);
        if (!$connected) {
            throw new \RedisException('Redis accepts no connection.');
        }
        if ('' !== $this->settings->redisPassword) {
            $redis->auth($this->settings->redisPassword);
        }

        return $redis;
    }
}
