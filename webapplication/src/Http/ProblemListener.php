<?php

declare(strict_types=1);

namespace App\Http;

use Psr\Log\LoggerInterface;
use Symfony\Component\EventDispatcher\Attribute\AsEventListener;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Event\ExceptionEvent;
use Symfony\Component\HttpKernel\Exception\HttpExceptionInterface;

/** Turns every exception into a problem document and logs server errors. Runs before the framework's own listener. */
#[AsEventListener(priority: 10)]
final readonly class ProblemListener
{
    public function __construct(private LoggerInterface $logger)
    {
    }

    public function __invoke(ExceptionEvent $event): void
    {
        $failure = $event->getThrowable();
        $status = $failure instanceof HttpExceptionInterface ? $failure->getStatusCode() : 500;

        if (500 === $status) {
            $this->logger->error('Unhandled {class}: {message}', ['class' => $failure::class, 'message' => $failure->getMessage(), 'exception' => $failure]);
        } elseif ($status > 500) {
            $this->logger->warning('Answered {status}: {message}', [
                'status' => $status,
                'message' => $failure->getMessage(),
                'cause' => $failure->getPrevious()?->getMessage(),
            ]);
        }

        $headers = $failure instanceof HttpExceptionInterface ? $failure->getHeaders() : [];
        $event->allowCustomResponseCode();
        $event->setResponse(new Response(
            ProblemException::document($status, $failure instanceof ProblemException ? $failure->detail() : '', RequestId::current()),
            $status,
            ['Content-Type' => 'application/problem+json'] + $headers,
        ));
    }
}
