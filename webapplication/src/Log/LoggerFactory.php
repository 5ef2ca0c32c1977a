<?php

declare(strict_types=1);

namespace App\Log;

use App\Telemetry\Tracer;
use Monolog\Formatter\JsonFormatter;
use Monolog\Handler\StreamHandler;
use Monolog\Level;
use Monolog\Logger;
use Monolog\LogRecord;
use Monolog\Processor\PsrLogMessageProcessor;

/** Makes a logger that writes JSON lines with the trace id and the request id to stderr. */
final readonly class LoggerFactory
{
    public function __construct(private Tracer $tracer)
    {
    }

    public function __invoke(): Logger
    {
        $handler = new StreamHandler('php://stderr', Level::Notice);
        $handler->setFormatter(new JsonFormatter(JsonFormatter::BATCH_MODE_NEWLINES));
        $handler->pushProcessor(function (LogRecord $record): LogRecord {
            $record->extra['requestId'] = $_SERVER['REQUEST_ID'] ?? null;
            $record->extra['traceId'] = $this->tracer->traceId();

            return $record;
        });

        return new Logger('app', [$handler], [new PsrLogMessageProcessor()]);
    }
}
