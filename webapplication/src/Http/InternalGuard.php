<?php

declare(strict_types=1);

namespace App\Http;

use App\Settings;
use Symfony\Component\DependencyInjection\Attribute\AutowireServiceClosure;
use Symfony\Component\EventDispatcher\Attribute\AsEventListener;
use Symfony\Component\HttpKernel\Event\RequestEvent;

/** Without the release token there is nothing below /internal/, not even a verb that is wrong. Runs before the router. */
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
        // The router decodes once; what it would take for /internal/ is guarded.
        if (str_starts_with(rawurldecode($request->getPathInfo()), '/internal/')
            && !BearerToken::matches($request, ($this->settings)()->releaseToken)
        ) {
            throw ProblemException::notFound();
        }
    }
}
