<?php

declare(strict_types=1);

namespace App\Health;

use App\Cache\Redis;
use App\Cache\RedisUnavailableException;
use Psr\Log\LoggerInterface;

/** Checks that Redis accepts writes: a replica and a full Redis still answer a ping. */
final readonly class RedisCheck implements HealthCheck
{
    public function __construct(private Redis $redis, private LoggerInterface $logger)
    {
    }

    public function run(Deadline $deadline): iterable
    {
        $startedAt = hrtime(true);
        try {
            $this->redis->probe($deadline->secondsFor(1.0, 0.5));
            yield new CheckResult('redis', 'datastore', Status::Pass, observedValue: intdiv((int) (hrtime(true) - $startedAt), 1_000_000), observedUnit: 'ms');
        } catch (RedisUnavailableException $failure) {
            $this->logger->warning('Health: Redis: {reason}', ['reason' => $failure->getMessage()]);
            yield new CheckResult('redis', 'datastore', Status::Fail, 'Redis accepts no writes.');
        }
    }
}
