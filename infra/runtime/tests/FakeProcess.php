<?php

declare(strict_types=1);

namespace Slipway\Workers\Tests;

use Slipway\Workers\Process;

/** Runs until the test, or a signal, ends it. */
final class FakeProcess implements Process
{
    public ?string $reason = null;
    /** @var list<string> */
    public array $signals = [];
    /** Does not end when it is told to. */
    public bool $isDeaf = false;

    public function __construct(private readonly int $pid, public readonly string $command, public readonly string $name)
    {
    }

    public function pid(): int
    {
        return $this->pid;
    }

    public function ended(): ?string
    {
        return $this->reason;
    }

    public function terminate(): void
    {
        $this->signals[] = 'TERM';
        if (!$this->isDeaf) {
            $this->reason = 'exit code 0';
        }
    }

    public function kill(): void
    {
        $this->signals[] = 'KILL';
        $this->reason ??= 'signal 9';
    }
}
