<?php

declare(strict_types=1);

namespace App\Tests\Servers;

final readonly class Response
{
    /** @param array<string, string> $headers lower-case names */
    public function __construct(
        public int $status,
        public array $headers,
        public string $body,
        public float $seconds,
    ) {
    }

    public function header(string $name): ?string
    {
        return $this->headers[strtolower($name)] ?? null;
    }

    /** @return array<mixed> */
    public function json(): array
    {
        $data = json_decode($this->body, true, 1024);

        return is_array($data) ? $data : throw new \RuntimeException(sprintf('status %d, no JSON: %s', $this->status, substr($this->body, 0, 300)));
    }

    public function text(string $member): string
    {
        $value = $this->json()[$member] ?? null;

        return is_scalar($value) ? (string) $value : throw new \RuntimeException('no '.$member.' in '.$this->body);
    }
}
