<?php

declare(strict_types=1);

namespace App\Telemetry;

use App\Http\RequestId;
use Symfony\Component\DependencyInjection\Attribute\AutowireServiceClosure;
use Symfony\Component\EventDispatcher\Attribute\AsEventListener;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Event\TerminateEvent;

/** Hands the request's spans on once the client has its answer. */
#[AsEventListener(priority: -100)]
final readonly class SendTraces
{
    /** Asked for several times a second by probes and balancers. */
    private const PROBED = ['GET /api/health' => true, 'GET /version' => true];
    /** Its worker waits for nothing, not even when somebody follows the request. */
    private const LIVE = 'GET /api/health/live';

    /** @param \Closure(): TraceExport $export */
    public function __construct(
        private Tracer $tracer,
        #[AutowireServiceClosure(TraceExport::class)]
        private \Closure $export,
    ) {
    }

    public function __invoke(TerminateEvent $event): void
    {
        $route = $event->getRequest()->attributes->get('_route');
        $route = is_string($route) ? $route : null;
        $worthIt = $this->shouldSample($route, $event->getResponse()->getStatusCode());
        if (self::LIVE === $route || (!$worthIt && !isset($_SERVER['HTTP_TRACEPARENT']))) {
            return;
        }
        $sampled = $this->tracer->context()->sampled;

        if (true === $sampled || (null === $sampled && $worthIt)) {
            ($this->export)()->send($this->tracer->traceId(), [
                $this->describe($event->getRequest(), $event->getResponse(), $route),
                ...$this->tracer->spans(),
            ]);
        }
    }

    /** Of its own accord only what went wrong or asked others is followed; anything else when the caller follows it. */
    private function shouldSample(?string $route, int $status): bool
    {
        return null !== $route && !isset(self::PROBED[$route]) && ($status >= 500 || [] !== $this->tracer->spans());
    }

    /** A route's name is its method and its path template, which is what a span of a server is called. */
    private function describe(Request $request, Response $response, ?string $route): Span
    {
        $span = $this->tracer->request();
        $span->name = $route ?? $request->getMethod();
        $span->set('http.request.method', $request->getMethod());
        $span->set('http.response.status_code', $response->getStatusCode());
        $span->set('url.scheme', $request->getScheme());
        $span->set('url.path', $request->getPathInfo());
        $span->set('slipway.request_id', RequestId::current());
        if (null !== $route) {
            $span->set('http.route', substr($route, (int) strpos($route, '/')));
        }
        if ($response->getStatusCode() >= 500) {
            $span->fail();
        }
        $span->end();

        return $span;
    }
}
