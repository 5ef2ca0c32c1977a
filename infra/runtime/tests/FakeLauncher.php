<?php

declare(strict_types=1);

namespace Slipway\Workers\Tests;

use Slipway\Workers\Launcher;
use Slipway\Workers\Process;

/** Remembers what was launched. */
final class FakeLauncher implements Launcher
{
    /** @var list<FakeProcess> */
    public array $launched = [];
    public bool $fails = false;

    public function launch(array $words, string $process): Process
    {
        if ($this->fails) {
            throw new \RuntimeException('no memory');
        }

        return $this->launched[] = new FakeProcess(count($this->launched) + 100, implode(' ', $words), $process);
    }

    public function last(): FakeProcess
    {
        return $this->launched[count($this->launched) - 1];
    }
}
