<?php

declare(strict_types=1);

namespace App\Cache;

use App\Resilience\CircuitBreaker;
use App\Settings;
use App\Telemetry\Span;
use App\Telemetry\Tracer;

/** Redis over TLS with time limits, on a connection this worker process keeps; phpredis itself notices when a kept one has been closed. */
final class Redis
{
    private const DEPENDENCY = 'redis';
    /** With the TLS handshake, which takes its time when all workers connect at once. */
    private const CONNECT_SECONDS = 1.0;
    private const READ_SECONDS = 0.5;
    private const HANGS_AFTER_SECONDS = 0.45;

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

    /** Asks on a connection of its own, so that a kept one cannot hide that there is no getting in. */
    public function ping(float $seconds): void
    {
        try {
            $redis = $this->connect(false, $seconds);
            $redis->ping();
            $redis->close();
        } catch (\RedisException $failure) {
            throw new RedisUnavailableException($failure->getMessage(), 0, $failure);
        }
    }

    /** @param callable(\Redis): mixed $command */
    private function run(string $name, callable $command): mixed
    {
        if (!$this->breaker->allows(self::DEPENDENCY)) {
            throw new RedisUnavailableException('Redis did not answer a moment ago.');
        }

        return $this->tracer->span('redis '.$name, function (Span $span) use ($command): mixed {
            $startedAt = microtime(true);
            try {
                $answer = $this->ask($command);
                $this->breaker->recordSuccess(self::DEPENDENCY);

                return $answer;
            } catch (\RedisException $failure) {
                // The answer may still come: on a connection that is kept, the next request would take it for its own.
                $this->connection?->close();
                $this->connection = null;
                if (microtime(true) - $startedAt >= self::HANGS_AFTER_SECONDS) {
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
        // What cannot be connected is told by a warning and by an exception; the exception is enough.
        $connected = $persistent
            ? @$redis->pconnect($host, $this->settings->redisPort, $seconds, 'slipway', 0, self::READ_SECONDS, $context)
            : @$redis->connect($host, $this->settings->redisPort, $seconds, null, 0, $seconds, $context);
        if (!$connected) {
            throw new \RedisException('Redis takes no connection.');
        }
        if ('' !== $this->settings->redisPassword) {
            $redis->auth($this->settings->redisPassword);
        }

        return $redis;
    }
}
