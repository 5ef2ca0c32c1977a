<?php

declare(strict_types=1);

namespace App\Http;

use Symfony\Component\EventDispatcher\Attribute\AsEventListener;
use Symfony\Component\HttpKernel\Event\ResponseEvent;

/**
 * Makes an answer whole or visibly cut off when its worker is killed: nginx takes the end of the stream for the end of an answer,
 * and when the stream breaks it drops what it still buffers, though that was all of it; so short answers are not buffered.
 */
#[AsEventListener(priority: 10)]
final readonly class ContentLength
{
    /** fastcgi_buffer_size of appservice/nginx.conf, less room for the headers. */
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
