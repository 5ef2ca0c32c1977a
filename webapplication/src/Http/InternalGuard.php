<?php

declare(strict_types=1);

namespace App\Http;

use App\Settings;
use Symfony\Component\DependencyInjection\Attribute\AutowireServiceClosure;
use Symfony\Component\EventDispatcher\Attribute\AsEventListener;
use Symfony\Component\HttpKernel\Event\RequestEvent;

/** Answers 404 below /internal/ without the release token, whatever the method. Runs before the router, which would answer 405. */
#[AsEventListener(priority: 64)]
final readonly class InternalGuard
{
    /** @param \Closure(): Settings $settings */
    public function __construct(
        #[AutowireServiceClosure(Settings::class)]
        private \Closure $settings,
    ) {
    }

    public function __invoke(RequestEvent $event): void
    {
        $request = $event->getRequest();
        // Decoded once, as the router does it.
        if (str_starts_with(rawurldecode($request->getPathInfo()), '/internal/')
            && !BearerToken::matches($request, ($this->settings)()->releaseToken, ($this->settings)()->releaseTokenNext)
        ) {
            throw ProblemException::notFound();
        }
    }
}
