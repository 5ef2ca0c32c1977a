<?php

declare(strict_types=1);

namespace App\Cache;

use App\Http\ProblemException;

final readonly class CacheKey
{
    private function __construct(public string $name)
    {
    }

    /** @throws ProblemException 422 */
    public static function parse(string $name): self
    {
        if (1 !== preg_match('/^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$/D', $name)) {
            throw new ProblemException(422, 'A key has 1 to 200 letters, digits, dots, colons, dashes and underscores, and starts with a letter or a digit.');
        }

        return new self($name);
    }
}
