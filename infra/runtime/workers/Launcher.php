<?php

declare(strict_types=1);

namespace Slipway\Workers;

/** Starts the commands of workers and of the schedule. */
interface Launcher
{
    /**
     * @param list<string> $words
     * @param string       $process the name under which its output is logged
     */
    public function launch(array $words, string $process): Process;
}
