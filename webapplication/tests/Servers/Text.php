<?php

declare(strict_types=1);

namespace App\Tests\Servers;

final class Text
{
    /** Converts a scalar of a JSON document to text. */
    public static function of(mixed $value): string
    {
        return is_scalar($value) ? (string) $value : throw new \RuntimeException('no text: '.json_encode($value));
    }
}
