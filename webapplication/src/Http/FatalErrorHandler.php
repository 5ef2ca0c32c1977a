<?php

declare(strict_types=1);

namespace App\Http;

/** Sends a problem document when the kernel cannot: out of memory, a parse error, a container that does not load. */
final class FatalErrorHandler
{
    private const FATAL = \E_ERROR | \E_PARSE | \E_CORE_ERROR | \E_COMPILE_ERROR;

    public static function register(): void
    {
        register_shutdown_function(static function (): void {
            $error = error_get_last();
            if (null !== $error && 0 !== ($error['type'] & self::FATAL)) {
                self::send();
            }
        });
    }

    public static function answer(\Throwable $failure): void
    {
        error_log(sprintf('%s: %s at %s:%d', $failure::class, $failure->getMessage(), $failure->getFile(), $failure->getLine()));
        self::send();
    }

    private static function send(): void
    {
        if (headers_sent()) {
            return;
        }
        header_remove();
        http_response_code(500);
        header('Content-Type: application/problem+json');
        header('Cache-Control: no-store');
        echo ProblemException::document(500, '', RequestId::current());
    }
}
