<?php

declare(strict_types=1);

namespace App\Media;

final class DiskWriteException extends \RuntimeException
{
}
