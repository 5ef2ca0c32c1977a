<?php

declare(strict_types=1);

namespace App\Http;

final class RequestId
{
    /** The request id that nginx assigned; also sent as X-Request-Id. */
    public static function current(): string
    {
        $id = $_SERVER['REQUEST_ID'] ?? '';

        return is_string($id) ? $id : '';
    }
}
