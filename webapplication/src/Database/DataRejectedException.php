<?php

declare(strict_types=1);

namespace App\Database;

/** MySQL rejects these values; a retry would fail the same way. */
final class DataRejectedException extends \RuntimeException
{
}
