<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** A dependency of the application that a test can stop, suspend and start again. */
interface Server
{
    public function start(): void;

    public function awaitReady(): void;

    public function stop(): void;

    /** Suspends the process: it accepts connections and does not answer. */
    public function suspend(): void;

    public function resume(): void;
}
