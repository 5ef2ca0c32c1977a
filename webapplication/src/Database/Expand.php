<?php

declare(strict_types=1);

namespace App\Database;

/** A migration that only adds: the version before it goes on working. */
#[\Attribute(\Attribute::TARGET_CLASS)]
final readonly class Expand
{
}
