<?php

declare(strict_types=1);

namespace App\Health;

use App\Cache\Redis;
use App\Cache\RedisAway;
use Psr\Log\LoggerInterface;

final readonly class RedisCheck implements HealthCheck
{
    public function __construct(private Redis $redis, private LoggerInterface $logger)
    {
    }

    public function run(Deadline $deadline): iterable
    {
        $begun = hrtime(true);
        try {
            $this->redis->ping($deadline->share(1.0, 0.5));
            yield new Finding('redis', 'datastore', Status::Pass, observedValue: intdiv((int) (hrtime(true) - $begun), 1_000_000), observedUnit: 'ms');
        } catch (RedisAway $away) {
            $this->logger->warning('Health: Redis: {reason}', ['reason' => $away->getMessage()]);
            yield new Finding('redis', 'datastore', Status::Fail, 'No usable connection.');
        }
    }
}
