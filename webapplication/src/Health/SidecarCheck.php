<?php

declare(strict_types=1);

namespace App\Health;

use App\Sidecar\SidecarClient;
use App\Sidecar\SidecarUnavailableException;

/** The sidecar, and Blob as the sidecar sees it. Without either, images wait in the outbox: a warning, no failure. */
final readonly class SidecarCheck implements HealthCheck
{
    public function __construct(private SidecarClient $sidecar)
    {
    }

    public function run(Deadline $deadline): iterable
    {
        $startedAt = hrtime(true);
        try {
            // Not /status: that counts the outbox, which takes the longer the more there is to worry about.
            $answer = $this->sidecar->call('GET', '/readyz', $this->timeoutMs($deadline));
        } catch (SidecarUnavailableException) {
            yield new CheckResult('sidecar', 'component', Status::Warn, 'Does not answer.');
            yield new CheckResult('blob', 'component', Status::Warn, 'Unknown without the sidecar.');

            return;
        }
        yield 200 === $answer->status
            ? new CheckResult('sidecar', 'component', Status::Pass, observedValue: intdiv((int) (hrtime(true) - $startedAt), 1_000_000), observedUnit: 'ms', componentId: self::digest($answer->json()['digest'] ?? null))
            : new CheckResult('sidecar', 'component', Status::Warn, 'Answers, but is not ready.');
        yield match ($answer->json()['blob'] ?? null) {
            'up' => new CheckResult('blob', 'component', Status::Pass),
            'away' => new CheckResult('blob', 'component', Status::Warn, 'Cannot be reached at the moment.'),
            default => new CheckResult('blob', 'component', Status::Warn, 'The sidecar does not know yet.'),
        };
    }

    /** Of the image that it runs from; nothing else is told. */
    private static function digest(mixed $value): string
    {
        return is_string($value) && 1 === preg_match('/^sha256:[0-9a-f]{64}$/D', $value) ? $value : '';
    }

    private function timeoutMs(Deadline $deadline): int
    {
        return (int) ($deadline->secondsFor(1.0, 0.15) * 1000);
    }
}
