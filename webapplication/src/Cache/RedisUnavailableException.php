<?php

declare(strict_types=1);

namespace App\Cache;

final class RedisUnavailableException extends \RuntimeException
{
}
