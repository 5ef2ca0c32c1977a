<?php

declare(strict_types=1);

namespace Slipway\Workers;

/** Claims in Redis, over TLS. Keys begin with `slipway:schedule:` and end by themselves. */
final class RedisClaims implements Claims
{
    private const PREFIX = 'slipway:schedule:';
    private const MINUTE_SECONDS = 3600;
    private const RUNNING_SECONDS = 60;
    private const LAST_SECONDS = 900;
    private ?\Redis $redis = null;

    /**
     * @param \Closure(): \Redis $connect
     * @param string             $owner   of what runs here; the same after this process was killed
     */
    public function __construct(private readonly \Closure $connect, private readonly string $owner)
    {
    }

    public function claimMinute(string $entry, int $minute): bool
    {
        return $this->ask(fn (\Redis $redis): bool => true === $redis->set(self::PREFIX.$entry.':'.$minute, $this->owner, ['nx', 'ex' => self::MINUTE_SECONDS]));
    }

    public function begin(string $entry): bool
    {
        return $this->ask(function (\Redis $redis) use ($entry): bool {
            $key = self::PREFIX.$entry.':running';

            // A run of this owner ended with the process that watched it.
            return true === $redis->set($key, $this->owner, ['nx', 'ex' => self::RUNNING_SECONDS]) || $redis->get($key) === $this->owner;
        });
    }

    public function keep(string $entry): void
    {
        $this->ask(fn (\Redis $redis): mixed => $redis->set(self::PREFIX.$entry.':running', $this->owner, ['ex' => self::RUNNING_SECONDS]));
    }

    public function end(string $entry): void
    {
        $this->ask(function (\Redis $redis) use ($entry): void {
            $key = self::PREFIX.$entry.':running';
            if ($redis->get($key) === $this->owner) {
                $redis->del($key);
            }
        });
    }

    public function lastMinute(): ?int
    {
        return $this->ask(static function (\Redis $redis): ?int {
            $minute = $redis->get(self::PREFIX.'last');

            return is_string($minute) && ctype_digit($minute) ? (int) $minute : null;
        });
    }

    public function markMinute(int $minute): void
    {
        $this->ask(static fn (\Redis $redis): mixed => $redis->set(self::PREFIX.'last', (string) $minute, ['ex' => self::LAST_SECONDS]));
    }

    /**
     * A connection that has become unusable is made anew once.
     *
     * @template T
     *
     * @param \Closure(\Redis): T $action
     *
     * @return T
     */
    private function ask(\Closure $action): mixed
    {
        $wasOpen = null !== $this->redis;
        try {
            return $action($this->redis ??= ($this->connect)());
        } catch (\RedisException $failure) {
            $this->redis = null;
            if ($wasOpen) {
                return $this->ask($action);
            }
            throw new ClaimsUnavailableException('Redis cannot be asked: '.$failure->getMessage(), 0, $failure);
        }
    }
}
