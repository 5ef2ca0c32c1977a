<?php

declare(strict_types=1);

namespace App\Telemetry;

use App\Http\RequestId;
use Symfony\Component\DependencyInjection\Attribute\AutowireServiceClosure;
use Symfony\Component\EventDispatcher\Attribute\AsEventListener;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Event\TerminateEvent;

/** Sends the spans of a request after its response. */
#[AsEventListener(priority: -100)]
final readonly class SendTraces
{
    /** Routes that probes and load balancers request several times a second; they are traced only when the caller asks. */
    private const PROBED = ['GET /api/health' => true, 'GET /version' => true];
    /** Never traced: its worker must not wait for anything. */
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
        $isSampledByDefault = $this->shouldSample($route, $event->getResponse()->getStatusCode());
        if (self::LIVE === $route || (!$isSampledByDefault && !isset($_SERVER['HTTP_TRACEPARENT']))) {
            return;
        }
        $sampled = $this->tracer->context()->sampled;

        if (true === $sampled || (null === $sampled && $isSampledByDefault)) {
            ($this->export)()->send($this->tracer->traceId(), [
                $this->describe($event->getRequest(), $event->getResponse(), $route),
                ...$this->tracer->spans(),
            ]);
        }
    }

    /** Without a caller's decision, requests that failed or used a dependency are sampled. */
    private function shouldSample(?string $route, int $status): bool
    {
        return null !== $route && !isset(self::PROBED[$route]) && ($status >= 500 || [] !== $this->tracer->spans());
    }

    /** A route's name is its method and path template, which is also the standard name of a server span. */
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
