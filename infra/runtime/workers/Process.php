<?php

declare(strict_types=1);

namespace Slipway\Workers;

/** A command that was started, with everything it starts itself. */
interface Process
{
    public function pid(): int;

    /** Logs what it printed. Returns why it ended, or null while it runs: "exit code 1", "signal 9". */
    public function ended(): ?string;

    public function terminate(): void;

    public function kill(): void;
}
