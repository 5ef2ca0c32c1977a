<?php

declare(strict_types=1);

namespace Slipway\Workers;

/** A command and when it runs; and its run, while there is one. */
final class ScheduleEntry
{
    public ?Process $process = null;
    /** When the run is told to end, and when it is killed. */
    public ?float $terminateAt = null;
    public ?float $killAt = null;
    public float $keptAt = 0.0;
    public ?string $lastRun = null;
    /** @var array{at: string, reason: string}|null */
    public ?array $lastExit = null;
    /** @var array{at: string, reason: string}|null */
    public ?array $lastSkip = null;

    /** @param list<string> $words */
    public function __construct(public readonly CronExpression $when, public readonly array $words)
    {
    }

    /** What it is known by over instances and versions: its expression, without spaces. */
    public function key(): string
    {
        return str_replace(' ', '_', $this->when->text);
    }

    /** @return array<string, mixed> */
    public function status(): array
    {
        return ['entry' => $this->when->text, 'pid' => $this->process?->pid(), 'lastRun' => $this->lastRun, 'lastExit' => $this->lastExit, 'lastSkip' => $this->lastSkip];
    }
}
