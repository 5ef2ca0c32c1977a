<?php

declare(strict_types=1);

namespace App\Tests\Servers;

final class Files
{
    /** @return list<string> sorted paths */
    public static function matching(string $pattern): array
    {
        $files = glob($pattern, \GLOB_BRACE);

        return false === $files ? [] : $files;
    }
}
