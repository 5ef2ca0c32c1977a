<?php

declare(strict_types=1);

namespace App\Sidecar;

enum CarryResult
{
    /** The bytes are in Blob. */
    case Durable;
    /** The file waits in the outbox, or the sidecar did not answer. */
    case Pending;
}
