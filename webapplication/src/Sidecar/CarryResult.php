<?php

declare(strict_types=1);

namespace App\Sidecar;

enum CarryResult
{
    /** The bytes are in Blob. */
    case Durable;
    /** Not yet, or nobody there to say: the file waits in the outbox. */
    case Pending;
}
