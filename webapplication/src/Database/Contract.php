<?php

declare(strict_types=1);

namespace App\Database;

/** A migration that takes away or tightens: versions made for the older schema stop working. */
#[\Attribute(\Attribute::TARGET_CLASS)]
final readonly class Contract
{
}
