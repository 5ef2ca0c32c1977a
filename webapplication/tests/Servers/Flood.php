<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** One client with many connections, each of which sends its next request as soon as it has a response. */
final class Flood
{
    /** @var array<int, resource> */
    private array $sockets = [];

    /** @var array<int, int> */
    private array $statuses = [];

    private readonly string $request;

    public function __construct(private readonly int $port, string $path, int $connections)
    {
        $this->request = "GET $path HTTP/1.1\r\nHost: localhost\r\n\r\n";
        for ($number = 0; $number < $connections; ++$number) {
            $this->connect();
        }
    }

    /** Reads what has arrived and sends the next requests. */
    public function drive(): void
    {
        $readable = $this->sockets;
        $none = null;
        if (0 === (int) stream_select($readable, $none, $none, 0, 1000)) {
            return;
        }
        foreach ($readable as $key => $socket) {
            $bytes = fread($socket, 65_536);
            if (false === $bytes || '' === $bytes) {
                fclose($socket);
                unset($this->sockets[$key]);
                $this->connect();
            } elseif (1 === preg_match('{^HTTP/1\.1 (\d{3})}', $bytes, $parts)) {
                $this->statuses[(int) $parts[1]] = ($this->statuses[(int) $parts[1]] ?? 0) + 1;
                fwrite($socket, $this->request);
            }
        }
    }

    /** @return array<int, int> how often each status came */
    public function stop(): array
    {
        array_map(fclose(...), $this->sockets);
        $this->sockets = [];

        return $this->statuses;
    }

    private function connect(): void
    {
        $socket = stream_socket_client('tcp://127.0.0.1:'.$this->port);
        if (false === $socket) {
            throw new \RuntimeException('no connection');
        }
        stream_set_blocking($socket, false);
        fwrite($socket, $this->request);
        $this->sockets[(int) $socket] = $socket;
    }
}
