<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** Something the application depends on, which a test can take away in two ways and bring back. */
interface Server
{
    public function start(): void;

    public function awaitReady(): void;

    public function stop(): void;

    /** From now on it takes connections and says nothing. */
    public function suspend(): void;

    public function resume(): void;
}
