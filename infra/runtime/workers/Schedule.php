<?php

declare(strict_types=1);

namespace Slipway\Workers;

/** Runs each entry once in every minute that it is due in, over all instances; the next run is skipped while one still goes. */
final class Schedule
{
    /** A minute that passed while nobody looked, as during a swap, is made up for within this many. */
    private const CATCH_UP_MINUTES = 10;
    /** A run may end by itself this long after runs are no longer wanted. */
    private const GRACE_SECONDS = 30.0;
    private const STOP_SECONDS = 10.0;
    private const KEEP_SECONDS = 15.0;
    private ?int $handled = null;

    /** @param list<ScheduleEntry> $entries */
    public function __construct(private readonly array $entries, private readonly Claims $claims, private readonly Launcher $launcher, private readonly Log $log)
    {
    }

    /** @param float $stopLimit the most seconds that an unwanted run may take to end */
    public function tick(float $now, bool $wanted, float $stopLimit): void
    {
        foreach ($this->entries as $entry) {
            $this->watch($entry, $now, $wanted, $stopLimit);
        }
        if ($wanted && [] !== $this->entries) {
            $this->runDue($now);
        }
    }

    public function isRunning(): bool
    {
        return [] !== array_filter($this->entries, static fn (ScheduleEntry $entry): bool => null !== $entry->process);
    }

    public function kill(): void
    {
        foreach ($this->entries as $entry) {
            $entry->process?->kill();
        }
    }

    /** How long a run may go on when runs are no longer wanted. */
    public function stopSeconds(): int
    {
        return [] === $this->entries ? 0 : (int) (self::GRACE_SECONDS + self::STOP_SECONDS);
    }

    /** @return list<array<string, mixed>> */
    public function status(): array
    {
        return array_map(static fn (ScheduleEntry $entry): array => $entry->status(), $this->entries);
    }

    private function runDue(float $now): void
    {
        $minute = intdiv((int) $now, 60);
        if (null !== $this->handled && $minute <= $this->handled) {
            return;
        }
        $unavailable = null;
        try {
            $before = $this->handled ?? $this->claims->lastMinute() ?? $minute - 1;
            $this->claims->markMinute($minute);
        } catch (ClaimsUnavailableException $failure) {
            $before = $this->handled ?? $minute - 1;
            $unavailable = $failure->getMessage();
        }
        $this->handled = $minute;
        // Another instance may have marked this minute already; what it claimed is not run again.
        $first = max(min($before + 1, $minute), $minute - self::CATCH_UP_MINUTES);
        foreach ($this->entries as $entry) {
            for ($due = $minute; $due >= $first; --$due) {
                if ($entry->when->isDue($due)) {
                    $this->run($entry, $due, $now, $unavailable);
                    break;
                }
            }
        }
    }

    private function run(ScheduleEntry $entry, int $minute, float $now, ?string $unavailable): void
    {
        try {
            if (null !== $unavailable) {
                throw new ClaimsUnavailableException($unavailable);
            }
            if (!$this->claims->claimMinute($entry->key(), $minute)) {
                return;
            }
            if (null !== $entry->process || !$this->claims->begin($entry->key())) {
                $this->skip($entry, $minute, $now, 'the run before still goes');

                return;
            }
            $entry->lastRun = gmdate('Y-m-d\TH:i:s\Z', (int) $now);
            $entry->keptAt = $now;
            $entry->process = $this->launcher->launch($entry->words, 'schedule');
        } catch (\RuntimeException $failure) {
            $this->skip($entry, $minute, $now, $failure->getMessage());
        }
    }

    private function skip(ScheduleEntry $entry, int $minute, float $now, string $reason): void
    {
        $entry->lastSkip = ['at' => gmdate('Y-m-d\TH:i:s\Z', (int) $now), 'reason' => $reason];
        $this->log->say('WARNING', sprintf('The schedule skips "%s" of %s: %s', $entry->when->text, gmdate('H:i', $minute * 60), $reason), 'schedule');
    }

    private function watch(ScheduleEntry $entry, float $now, bool $wanted, float $stopLimit): void
    {
        if (null === $entry->process) {
            return;
        }
        $reason = $entry->process->ended();
        if (null !== $reason) {
            $this->ended($entry, $now, $reason);

            return;
        }
        if ($now - $entry->keptAt >= self::KEEP_SECONDS) {
            $entry->keptAt = $now;
            $this->quietly(fn () => $this->claims->keep($entry->key()));
        }
        if (!$wanted || null !== $entry->killAt) {
            $this->stop($entry, $entry->process, $now, $stopLimit);
        } else {
            $entry->terminateAt = null;
        }
    }

    /** First it may end by itself, then it is told to, then it is killed. */
    private function stop(ScheduleEntry $entry, Process $process, float $now, float $stopLimit): void
    {
        $entry->terminateAt ??= $now + self::GRACE_SECONDS;
        $entry->terminateAt = min($entry->terminateAt, $now + max(0.0, $stopLimit - self::STOP_SECONDS));
        if (null === $entry->killAt) {
            if ($now >= $entry->terminateAt) {
                $process->terminate();
                $entry->killAt = $now + min(self::STOP_SECONDS, $stopLimit);
            }
        } elseif ($now >= $entry->killAt) {
            $process->kill();
        }
    }

    private function ended(ScheduleEntry $entry, float $now, string $reason): void
    {
        $entry->process = $entry->terminateAt = $entry->killAt = null;
        $entry->lastExit = ['at' => gmdate('Y-m-d\TH:i:s\Z', (int) $now), 'reason' => $reason];
        if ('exit code 0' !== $reason) {
            $this->log->say('WARNING', sprintf('The scheduled command of "%s" ended with %s', $entry->when->text, $reason), 'schedule');
        }
        $this->quietly(fn () => $this->claims->end($entry->key()));
    }

    /** What ends by itself in Redis need not be told when Redis is unavailable. */
    private function quietly(\Closure $tell): void
    {
        try {
            $tell();
        } catch (ClaimsUnavailableException) {
        }
    }
}
