<?php

declare(strict_types=1);

namespace App\Telemetry;

use App\Release\Version;
use App\Settings;
use App\Sidecar\SidecarClient;

/** Sends spans to the sidecar, which forwards them. Spans that it does not accept at once are dropped: no request waits for telemetry. */
final readonly class TraceExport
{
    public function __construct(private SidecarClient $sidecar, private Settings $settings, private Version $version)
    {
    }

    /** @param list<Span> $spans */
    public function send(string $traceId, array $spans): void
    {
        $this->sidecar->sendTraces(OtlpJson::encode($traceId, $spans, [
            'service.name' => $this->settings->siteName,
            'service.namespace' => 'webapplication',
            'service.version' => $this->version->name,
            'service.instance.id' => $this->settings->instanceId,
            'deployment.environment.name' => $this->settings->slot,
        ]));
    }
}
