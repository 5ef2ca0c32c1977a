<?php

declare(strict_types=1);

namespace App\Http;

final class RequestId
{
    /** The id nginx gave this request; it is also in the answer's X-Request-Id. */
    public static function current(): string
    {
        $id = $_SERVER['REQUEST_ID'] ?? '';

        return is_string($id) ? $id : '';
    }
}
