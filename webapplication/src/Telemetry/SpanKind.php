<?php

declare(strict_types=1);

namespace App\Telemetry;

/** The numbers are those of OTLP. */
enum SpanKind: int
{
    case Internal = 1;
    case Server = 2;
    case Client = 3;
}
