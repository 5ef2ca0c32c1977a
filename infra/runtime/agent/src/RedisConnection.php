<?php

declare(strict_types=1);

namespace Slipway\Agent;

/** A connection to the Redis of the settings, over TLS, with limits. */
final readonly class RedisConnection
{
    private const SECONDS = 1;

    /** @throws \RedisException */
    public static function open(Settings $settings): \Redis
    {
        $redis = new \Redis();
        $tls = ['stream' => ['verify_peer' => true, 'verify_peer_name' => true, 'cafile' => $settings->tlsCaFile]];
        $redis->connect('tls://'.$settings->redisHost, $settings->redisPort, self::SECONDS, null, 0, self::SECONDS, $tls);
        if ('' !== $settings->redisPassword) {
            $redis->auth($settings->redisPassword);
        }

        return $redis;
    }
}
