<?php

declare(strict_types=1);

namespace App\Http;

use Symfony\Component\HttpFoundation\Request;

final class BearerToken
{
    /** Compares in constant time with every token that is accepted. An empty one matches nothing. */
    public static function matches(Request $request, #[\SensitiveParameter] string ...$accepted): bool
    {
        $header = $request->headers->get('Authorization') ?? '';
        $given = 1 === preg_match('/^Bearer +([^ ]+) *$/Di', $header, $parts) ? $parts[1] : '';

        $matches = array_map(
            static fn (string $token): bool => hash_equals(hash('sha256', $token), hash('sha256', $given)) && '' !== $token,
            $accepted,
        );

        return in_array(true, $matches, true);
    }
}
