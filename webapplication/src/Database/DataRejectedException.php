<?php

declare(strict_types=1);

namespace App\Database;

/** MySQL answered, and takes these values neither now nor later. */
final class DataRejectedException extends \RuntimeException
{
}
