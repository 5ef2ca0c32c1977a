<?php

declare(strict_types=1);

namespace App\Http;

use Symfony\Component\EventDispatcher\Attribute\AsEventListener;
use Symfony\Component\HttpKernel\Event\ResponseEvent;

/**
 * Sets Content-Length, so that a client notices a response that was cut off because its worker was killed. nginx also drops what
 * it has buffered when the FastCGI connection breaks, even a complete response; so short responses are not buffered.
 */
#[AsEventListener(priority: 10)]
final readonly class ContentLength
{
    /** fastcgi_buffer_size of appservice/nginx.conf, minus room for the headers. */
    private const SHORT_BYTES = 12_288;

    public function __invoke(ResponseEvent $event): void
    {
        $response = $event->getResponse();
        $content = $response->getContent();
        if (false === $content || '' === $content) {
            return;
        }
        $length = strlen($content);
        $response->headers->set('Content-Length', (string) $length);
        if ($length <= self::SHORT_BYTES) {
            $response->headers->set('X-Accel-Buffering', 'no');
        }
    }
}
