<?php

declare(strict_types=1);

namespace App\Database;

/** The login of MySQL's administrator, which comes with the request that starts a migration and is kept nowhere. */
final readonly class Administrator
{
    public function __construct(public string $user, #[\SensitiveParameter] public string $password)
    {
    }
}
