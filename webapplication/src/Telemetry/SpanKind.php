<?php

declare(strict_types=1);

namespace App\Telemetry;

/** Values of OTLP's enum SpanKind. */
enum SpanKind: int
{
    case Internal = 1;
    case Server = 2;
    case Client = 3;
}
