<?php

declare(strict_types=1);

namespace App\Health;

use App\Sidecar\SidecarClient;
use App\Sidecar\SidecarUnavailableException;

/** Checks the sidecar, and Blob as the sidecar sees it. Both only warn: without them images wait in the outbox. */
final readonly class SidecarCheck implements HealthCheck
{
    public function __construct(private SidecarClient $sidecar)
    {
    }

    public function run(Deadline $deadline): iterable
    {
        $startedAt = hrtime(true);
        try {
            // Not /status, which counts the outbox: that is slow exactly when there is a backlog.
            $answer = $this->sidecar->call('GET', '/readyz', $this->timeoutMs($deadline));
        } catch (SidecarUnavailableException) {
            yield new CheckResult('sidecar', 'component', Status::Warn, 'The sidecar does not answer.');
            yield new CheckResult('blob', 'component', Status::Warn, 'Unknown without the sidecar.');

            return;
        }
        yield 200 === $answer->status
            ? new CheckResult('sidecar', 'component', Status::Pass, observedValue: intdiv((int) (hrtime(true) - $startedAt), 1_000_000), observedUnit: 'ms', componentId: self::digest($answer->json()['digest'] ?? null))
            : new CheckResult('sidecar', 'component', Status::Warn, 'The sidecar is not ready.');
        yield match ($answer->json()['blob'] ?? null) {
            'up' => new CheckResult('blob', 'component', Status::Pass),
            'away', 'unavailable' => new CheckResult('blob', 'component', Status::Warn, 'Blob is unavailable.'),
            default => new CheckResult('blob', 'component', Status::Warn, 'The sidecar has not reached Blob yet.'),
        };
    }

    /** Digest of the sidecar's image; nothing else of its answer is published. */
    private static function digest(mixed $value): string
    {
        return is_string($value) && 1 === preg_match('/^sha256:[0-9a-f]{64}$/D', $value) ? $value : '';
    }

    private function timeoutMs(Deadline $deadline): int
    {
        return (int) ($deadline->secondsFor(1.0, 0.15) * 1000);
    }
}
