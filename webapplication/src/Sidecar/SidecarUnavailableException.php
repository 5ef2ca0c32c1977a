<?php

declare(strict_types=1);

namespace App\Sidecar;

final class SidecarUnavailableException extends \RuntimeException
{
    public function __construct(string $message, public readonly bool $hung = false)
    {
        parent::__construct($message);
    }
}
