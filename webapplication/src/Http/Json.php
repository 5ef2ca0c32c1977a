<?php

declare(strict_types=1);

namespace App\Http;

use Symfony\Component\HttpFoundation\Response;

/** A JSON response with unescaped slashes and Unicode; no-store unless the headers say otherwise. */
final class Json extends Response
{
    /**
     * @param array<mixed>          $data
     * @param array<string, string> $headers
     */
    public function __construct(array $data, int $status = self::HTTP_OK, array $headers = [])
    {
        parent::__construct(
            json_encode($data, \JSON_THROW_ON_ERROR | \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE),
            $status,
            $headers + ['Content-Type' => 'application/json', 'Cache-Control' => 'no-store'],
        );
    }
}
