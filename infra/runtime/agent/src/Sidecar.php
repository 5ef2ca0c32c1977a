<?php

declare(strict_types=1);

namespace Slipway\Agent;

/** The sidecar, which only this container can reach. */
final readonly class Sidecar
{
    public function __construct(private int $port)
    {
    }

    /**
     * @param non-empty-string $method
     *
     * @return array{status: int, json: array<mixed>, error: string}
     */
    public function ask(string $method, string $path, int $timeoutMs): array
    {
        $answer = Http::ask($method, 'http://127.0.0.1:'.$this->port, $path, $timeoutMs);
        $json = json_decode($answer['body'], true);

        return ['status' => $answer['status'], 'json' => is_array($json) ? $json : [], 'error' => $answer['error']];
    }
}
