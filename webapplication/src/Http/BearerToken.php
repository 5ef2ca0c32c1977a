<?php

declare(strict_types=1);

namespace App\Http;

use Symfony\Component\HttpFoundation\Request;

final class BearerToken
{
    /** Compares in constant time. An empty expected token matches nothing. */
    public static function matches(Request $request, #[\SensitiveParameter] string $expected): bool
    {
        $header = $request->headers->get('Authorization') ?? '';
        $given = 1 === preg_match('/^Bearer +([^ ]+) *$/Di', $header, $parts) ? $parts[1] : '';

        return hash_equals(hash('sha256', $expected), hash('sha256', $given)) && '' !== $expected;
    }
}
