<?php

declare(strict_types=1);

namespace App\Image;

use App\Cache\Redis;
use App\Cache\RedisUnavailableException;
use App\Http\ProblemException;
use App\Settings;

/** Limits images per client and minute, counted in Redis for all instances. Without Redis there is no limit. */
final readonly class RateLimiter
{
    private const WINDOW_MS = 60_000;
    private const COUNT = <<<'LUA'
        local count = redis.call('INCR', KEYS[1])
        if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return {count, redis.call('PTTL', KEYS[1])}
        LUA;

    public function __construct(private Redis $redis, private Settings $settings)
    {
    }

    /** @throws ProblemException 429 with the seconds until the client may try again */
    public function consume(string $clientAddress): void
    {
        try {
            $answer = $this->redis->evaluate(self::COUNT, 'rate:image:'.self::client($clientAddress), [self::WINDOW_MS]);
        } catch (RedisUnavailableException) {
            return;
        }
        [$count, $remainingMs] = is_array($answer) ? $answer + [0, 0] : [0, 0];
        if (is_int($count) && $count > $this->settings->imageRatePerMinute) {
            $seconds = is_int($remainingMs) ? max(1, intdiv($remainingMs + 999, 1000)) : 60;
            throw new ProblemException(429, sprintf('At most %d images a minute.', $this->settings->imageRatePerMinute), ['Retry-After' => (string) $seconds]);
        }
    }

    /** IPv6 clients are counted by their /64 network, since one customer commonly has all of it. */
    private static function client(string $address): string
    {
        $binary = @inet_pton($address);

        return is_string($binary) && 16 === strlen($binary) ? bin2hex(substr($binary, 0, 8)) : $address;
    }
}
