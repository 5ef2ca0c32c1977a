<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** A response that is read piece by piece, as fast or as slowly as a test likes. */
final class Download
{
    public readonly string $head;
    public int $received = 0;

    /** @var resource */
    private $socket;

    /** @param array<string, string> $headers */
    public function __construct(int $port, string $target, array $headers = [])
    {
        $socket = stream_socket_client('tcp://127.0.0.1:'.$port, $code, $message, 5);
        if (false === $socket) {
            throw new \RuntimeException((string) $message);
        }
        $this->socket = $socket;
        stream_set_timeout($socket, 60);
        $lines = '';
        foreach ($headers + ['Host' => 'localhost', 'Connection' => 'close'] as $name => $value) {
            $lines .= "$name: $value\r\n";
        }
        fwrite($socket, "GET $target HTTP/1.1\r\n$lines\r\n");
        $head = '';
        while (false !== ($line = fgets($socket)) && "\r\n" !== $line) {
            $head .= $line;
        }
        $this->head = $head;
    }

    /** @return bool false at the end */
    public function read(int $bytes = 1_048_576): bool
    {
        $chunk = fread($this->socket, max(1, $bytes));
        $this->received += strlen((string) $chunk);

        return false !== $chunk && '' !== $chunk;
    }

    public function finish(): int
    {
        while ($this->read()) {
        }
        fclose($this->socket);

        return $this->received;
    }

    /** Reads with at most so many bytes a second. */
    public function finishSlowly(int $bytesPerSecond): int
    {
        $startedAt = microtime(true);
        while ($this->read()) {
            $ahead = $this->received / $bytesPerSecond - (microtime(true) - $startedAt);
            usleep(max(0, (int) ($ahead * 1_000_000)));
        }
        fclose($this->socket);

        return $this->received;
    }
}
