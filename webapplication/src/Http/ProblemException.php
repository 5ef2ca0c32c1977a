<?php

declare(strict_types=1);

namespace App\Http;

use Symfony\Component\HttpKernel\Exception\HttpExceptionInterface;

/** An error response as a problem document (RFC 9457). The detail is public. */
final class ProblemException extends \RuntimeException implements HttpExceptionInterface
{
    private const TITLES = [
        400 => ['bad-request', 'Bad Request'],
        401 => ['unauthorized', 'Unauthorized'],
        403 => ['forbidden', 'Forbidden'],
        404 => ['not-found', 'Not Found'],
        405 => ['method-not-allowed', 'Method Not Allowed'],
        409 => ['conflict', 'Conflict'],
        412 => ['precondition-failed', 'Precondition Failed'],
        413 => ['payload-too-large', 'Content Too Large'],
        415 => ['unsupported-media-type', 'Unsupported Media Type'],
        416 => ['range-not-satisfiable', 'Range Not Satisfiable'],
        422 => ['unprocessable', 'Unprocessable Content'],
        429 => ['rate-limited', 'Too Many Requests'],
        500 => ['internal-error', 'Internal Server Error'],
        502 => ['bad-gateway', 'Bad Gateway'],
        503 => ['unavailable', 'Service Unavailable'],
        504 => ['timeout', 'Gateway Timeout'],
    ];

    /** @param array<string, string> $headers */
    public function __construct(
        private readonly int $status,
        private readonly string $detail = '',
        private readonly array $headers = [],
        ?\Throwable $previous = null,
    ) {
        parent::__construct('' === $detail ? self::title($status) : $detail, 0, $previous);
    }

    public static function notFound(): self
    {
        return new self(404, headers: ['Cache-Control' => 'no-store']);
    }

    public static function unavailable(string $detail, int $retryAfterSeconds = 5, ?\Throwable $previous = null): self
    {
        return new self(503, $detail, ['Retry-After' => (string) $retryAfterSeconds, 'Cache-Control' => 'no-store'], $previous);
    }

    public static function title(int $status): string
    {
        return self::TITLES[$status][1] ?? 'Error';
    }

    public static function slug(int $status): string
    {
        return self::TITLES[$status][0] ?? 'error-'.$status;
    }

    /** The JSON document of any status. */
    public static function document(int $status, string $detail, string $requestId): string
    {
        return json_encode(
            ['type' => '/problems/'.self::slug($status), 'title' => self::title($status), 'status' => $status]
            + ('' === $detail ? [] : ['detail' => $detail])
            + ['requestId' => $requestId],
            \JSON_THROW_ON_ERROR | \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_INVALID_UTF8_SUBSTITUTE,
        );
    }

    public function getStatusCode(): int
    {
        return $this->status;
    }

    public function detail(): string
    {
        return $this->detail;
    }

    /** @return array<string, string> */
    public function getHeaders(): array
    {
        return $this->headers;
    }
}
