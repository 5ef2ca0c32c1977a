<?php

declare(strict_types=1);

namespace App\Tests\Servers;

final class Port
{
    /** Below the kernel's range of ephemeral ports: a client's connection could otherwise take the port before the server starts. */
    private const LOWEST = 15_000;
    private const HIGHEST = 32_000;
    /** @var array<int, resource> by port */
    private static array $reserved = [];

    /** A port that no other test is given as long as this process lives: its server may not have started yet, or may start again. */
    public static function free(): int
    {
        for ($attempt = 0; $attempt < 100; ++$attempt) {
            $port = random_int(self::LOWEST, self::HIGHEST);
            // An abstract unix socket has one owner, and ends with its process.
            $reservation = isset(self::$reserved[$port]) ? false : @stream_socket_server("unix://\0slipway/port/".$port);
            if (false === $reservation) {
                continue;
            }
            self::$reserved[$port] = $reservation;
            $socket = @stream_socket_server('tcp://127.0.0.1:'.$port);
            if (false !== $socket) {
                fclose($socket);

                return $port;
            }
        }

        throw new \RuntimeException('no free port');
    }

    public static function answers(int $port): bool
    {
        $socket = @stream_socket_client('tcp://127.0.0.1:'.$port, $code, $message, 0.2);
        if (false === $socket) {
            return false;
        }
        fclose($socket);

        return true;
    }
}
