<?php

declare(strict_types=1);

namespace Slipway\Workers;

final class ClaimsUnavailableException extends \RuntimeException
{
}
