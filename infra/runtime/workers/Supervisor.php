<?php

declare(strict_types=1);

namespace Slipway\Workers;

use Slipway\Agent\Declaration;

/** Has the workers and the schedule run where the running version is declared live, and end where it is not. */
final class Supervisor
{
    private const READ_SECONDS = 0.5;
    private const REPORT_SECONDS = 5.0;
    private const NO_LIMIT = 86_400.0;
    private float $readAt = 0.0;
    private float $reportedAt = 0.0;
    private string $reported = '';
    /** Unknown until the declaration was read for the first time: whoever waits for the workers' end waits for that. */
    private ?bool $isLive = null;
    private ?float $endBy = null;

    /** @param list<Worker> $workers */
    public function __construct(
        private readonly string $name,
        private readonly string $instance,
        private readonly string $version,
        private readonly Declaration $declaration,
        private readonly array $workers,
        private readonly Schedule $schedule,
        private readonly Log $log,
    ) {
    }

    /** False when everything has ended after `stop`. */
    public function tick(float $now): bool
    {
        if ('' === $this->reported) {
            $this->report($now);
        }
        if ($now - $this->readAt >= self::READ_SECONDS) {
            $this->readAt = $now;
            $this->read($now);
        }
        $wanted = true === $this->isLive && null === $this->endBy;
        $stopLimit = null === $this->endBy ? self::NO_LIMIT : max(0.0, $this->endBy - $now);
        foreach ($this->workers as $worker) {
            $worker->tick($now, $wanted, $stopLimit);
        }
        $this->schedule->tick($now, $wanted, $stopLimit);
        $this->report($now);

        return null === $this->endBy || $this->isRunning();
    }

    /** The container stops: everything is told to end, and is killed when it did not in time. */
    public function stop(float $now, float $limitSeconds): void
    {
        $this->endBy ??= $now + $limitSeconds;
    }

    /** The container is gone: nothing may outlive it. */
    public function kill(): void
    {
        foreach ($this->workers as $worker) {
            $worker->kill();
        }
        $this->schedule->kill();
    }

    private function read(float $now): void
    {
        $isLive = $this->declaration->read() === $this->version;
        if ($isLive && true !== $this->isLive) {
            // Said before anything is started, and then looked at again: whoever withdraws the declaration meanwhile sees either that
            // something may run, or nothing that does.
            $this->isLive = true;
            $this->report($now);
            $isLive = $this->declaration->read() === $this->version;
            $this->isLive = false;
        }
        $this->note($isLive);
    }

    private function note(bool $isLive): void
    {
        if ($isLive !== $this->isLive) {
            $this->log->say('NOTICE', $isLive ? "Version {$this->version} is declared live: workers and schedule run" : "Version {$this->version} is not declared live: workers and schedule do not run");
        }
        $this->isLive = $isLive;
    }

    private function isRunning(): bool
    {
        return $this->schedule->isRunning() || [] !== array_filter($this->workers, static fn (Worker $worker): bool => $worker->isRunning());
    }

    private function report(float $now): void
    {
        $state = [
            'instance' => $this->instance,
            'version' => $this->version,
            'pid' => getmypid(),
            'live' => $this->isLive ?? true,
            'running' => $this->isRunning(),
            'stopSeconds' => max([$this->schedule->stopSeconds(), ...array_map(static fn (Worker $worker): int => $worker->stopSeconds, $this->workers)]),
            'workers' => array_map(static fn (Worker $worker): array => $worker->status(), $this->workers),
            'schedule' => $this->schedule->status(),
        ];
        $text = json_encode($state, \JSON_UNESCAPED_SLASHES | \JSON_INVALID_UTF8_SUBSTITUTE | \JSON_THROW_ON_ERROR);
        if ($text === $this->reported && $now - $this->reportedAt < self::REPORT_SECONDS) {
            return;
        }
        $this->reported = $text;
        $this->reportedAt = $now;
        $this->declaration->report($this->name, json_encode(['at' => round($now, 3)] + $state, \JSON_UNESCAPED_SLASHES | \JSON_INVALID_UTF8_SUBSTITUTE | \JSON_THROW_ON_ERROR)."\n");
    }
}
