<?php

declare(strict_types=1);

namespace Slipway\Agent;

/** One HTTP answer: JSON, never cached. */
final readonly class Answer
{
    /**
     * @param array<string, mixed>  $body
     * @param array<string, string> $headers
     */
    public function __construct(
        public int $status,
        public array $body,
        public string $type = 'application/json',
        public array $headers = [],
    ) {
    }

    /** @param array<string, string> $headers */
    public static function problem(int $status, string $title, string $detail = '', array $headers = []): self
    {
        $body = ['type' => 'about:blank', 'title' => $title, 'status' => $status] + ('' === $detail ? [] : ['detail' => $detail]);

        return new self($status, $body, 'application/problem+json', $headers);
    }

    public function send(): void
    {
        http_response_code($this->status);
        header('Content-Type: '.$this->type);
        header('Cache-Control: no-store');
        foreach ($this->headers as $name => $value) {
            header($name.': '.$value);
        }
        if ('HEAD' !== ($_SERVER['REQUEST_METHOD'] ?? '')) {
            echo json_encode($this->body, \JSON_THROW_ON_ERROR | \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_INVALID_UTF8_SUBSTITUTE), "\n";
        }
    }
}
