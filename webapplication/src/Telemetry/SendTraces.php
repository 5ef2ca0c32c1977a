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
    /** Asked for several times a second by probes and balancers: followed only when the caller follows them. */
    private const ONLY_WHEN_ASKED = [
        'GET /' => true,
        'GET /api/ping' => true,
        'GET /api/health' => true,
        'GET /api/health/live' => true,
        'GET /version' => true,
    ];

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
        $worthIt = null !== $route && !isset(self::ONLY_WHEN_ASKED[$route]);
        if (!$worthIt && !isset($_SERVER['HTTP_TRACEPARENT'])) {
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
