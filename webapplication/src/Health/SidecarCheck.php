<?php

declare(strict_types=1);

namespace App\Health;

use App\Sidecar\SidecarAway;
use App\Sidecar\SidecarClient;

/** The sidecar, and Blob as the sidecar sees it. Without either, images wait in the outbox: a warning, no failure. */
final readonly class SidecarCheck implements HealthCheck
{
    public function __construct(private SidecarClient $sidecar)
    {
    }

    public function run(Deadline $deadline): iterable
    {
        $begun = hrtime(true);
        try {
            $answer = $this->sidecar->call('GET', '/status', $this->timeoutMs($deadline));
        } catch (SidecarAway) {
            yield new Finding('sidecar', 'component', Status::Warn, 'Does not answer.');
            yield new Finding('blob', 'component', Status::Warn, 'Unknown without the sidecar.');

            return;
        }
        yield 200 === $answer->status
            ? new Finding('sidecar', 'component', Status::Pass, observedValue: intdiv((int) (hrtime(true) - $begun), 1_000_000), observedUnit: 'ms')
            : new Finding('sidecar', 'component', Status::Warn, 'Answers, but not well.');
        yield $this->blob($deadline);
    }

    private function blob(Deadline $deadline): Finding
    {
        try {
            $ready = 200 === $this->sidecar->call('GET', '/readyz', $this->timeoutMs($deadline))->status;
        } catch (SidecarAway) {
            $ready = false;
        }

        return $ready ? new Finding('blob', 'component', Status::Pass) : new Finding('blob', 'component', Status::Warn, 'Cannot be reached at the moment.');
    }

    private function timeoutMs(Deadline $deadline): int
    {
        return (int) ($deadline->share(1.0, 0.15) * 1000);
    }
}
