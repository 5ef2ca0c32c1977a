<?php

declare(strict_types=1);

namespace App\Tests\Servers;

final class Port
{
    public static function free(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        if (false === $socket) {
            throw new \RuntimeException('no free port');
        }
        $name = (string) stream_socket_get_name($socket, false);
        fclose($socket);

        return (int) substr($name, (int) strrpos($name, ':') + 1);
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
