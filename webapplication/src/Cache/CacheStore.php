<?php

declare(strict_types=1);

namespace App\Cache;

/** Cache entries in Redis. A prefix keeps them apart from the rate limiter's keys. */
final readonly class CacheStore
{
    private const PREFIX = 'cache:';
    private const STORE = <<<'LUA'
        local known = redis.call('EXISTS', KEYS[1])
        redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
        return known
        LUA;
    private const RETRIEVE = <<<'LUA'
        return {redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])}
        LUA;

    public function __construct(private Redis $redis)
    {
    }

    /**
     * @return bool whether the key is new
     *
     * @throws RedisUnavailableException
     */
    public function store(CacheKey $key, CacheEntry $entry): bool
    {
        return 0 === $this->redis->evaluate(self::STORE, self::PREFIX.$key->name, [$entry->value, $entry->ttl]);
    }

    /**
     * @return array{string, int}|null the JSON text and the seconds it is still kept
     *
     * @throws RedisUnavailableException
     */
    public function retrieve(CacheKey $key): ?array
    {
        $answer = $this->redis->evaluate(self::RETRIEVE, self::PREFIX.$key->name);
        [$value, $remainingMs] = is_array($answer) ? $answer + [null, null] : [null, null];

        return is_string($value) && is_int($remainingMs) ? [$value, max(1, intdiv($remainingMs + 999, 1000))] : null;
    }

    /** @throws RedisUnavailableException */
    public function delete(CacheKey $key): void
    {
        $this->redis->delete(self::PREFIX.$key->name);
    }
}
