<?php

declare(strict_types=1);

namespace App\Database;

final class DatabaseUnavailableException extends \RuntimeException
{
}
