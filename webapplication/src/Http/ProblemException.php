<?php

declare(strict_types=1);

namespace App\Http;

use Symfony\Component\HttpKernel\Exception\HttpExceptionInterface;

/** An answer that is an error, as RFC 9457 tells it. */
final class ProblemException extends \RuntimeException implements HttpExceptionInterface
{
    private const TITLES = [
        400 => ['bad-request', 'The request cannot be read'],
        401 => ['unauthorized', 'A valid token is needed'],
        403 => ['forbidden', 'This request is refused'],
        404 => ['not-found', 'There is nothing here'],
        405 => ['method-not-allowed', 'This method is not allowed here'],
        409 => ['conflict', 'Another operation is in progress'],
        412 => ['precondition-failed', 'The precondition does not hold'],
        413 => ['payload-too-large', 'The body is too large'],
        415 => ['unsupported-media-type', 'This media type is not supported'],
        416 => ['range-not-satisfiable', 'The range lies outside the content'],
        422 => ['unprocessable', 'The request makes no sense here'],
        429 => ['rate-limited', 'Too many requests'],
        500 => ['internal-error', 'Something went wrong on this side'],
        502 => ['bad-gateway', 'No valid answer from the application'],
        503 => ['unavailable', 'Something this needs is away'],
        504 => ['timeout', 'Something this needs takes too long'],
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

    /** The members of the JSON document, for any status and any detail fit for strangers. */
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
