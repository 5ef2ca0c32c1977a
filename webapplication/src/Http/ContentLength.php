<?php

declare(strict_types=1);

namespace App\Http;

use Symfony\Component\EventDispatcher\Attribute\AsEventListener;
use Symfony\Component\HttpKernel\Event\ResponseEvent;

/** An answer that is cut off, because its worker was killed, must not look whole: nginx takes the end of the stream for the end. */
#[AsEventListener(priority: 10)]
final readonly class ContentLength
{
    public function __invoke(ResponseEvent $event): void
    {
        $response = $event->getResponse();
        $content = $response->getContent();
        if (false !== $content && '' !== $content) {
            $response->headers->set('Content-Length', (string) strlen($content));
        }
    }
}
