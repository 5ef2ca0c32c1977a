<?php

declare(strict_types=1);

namespace App\Database;

/** A migration that only adds to the schema, so that the previous version keeps working. */
#[\Attribute(\Attribute::TARGET_CLASS)]
final readonly class Expand
{
}
