<?php

declare(strict_types=1);

namespace App\Tests\Servers;

final class Text
{
    /** A scalar that came out of JSON, as text. */
    public static function of(mixed $value): string
    {
        return is_scalar($value) ? (string) $value : throw new \RuntimeException('no text: '.json_encode($value));
    }
}
