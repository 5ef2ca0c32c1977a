<?php

declare(strict_types=1);

namespace App\Database;

/** A migration that removes or tightens something, so that versions made for the older schema stop working. */
#[\Attribute(\Attribute::TARGET_CLASS)]
final readonly class Contract
{
}
