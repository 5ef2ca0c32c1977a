<?php

declare(strict_types=1);

namespace App\Http;

use Symfony\Component\EventDispatcher\Attribute\AsEventListener;

/** Runs callbacks after the response was sent. */
#[AsEventListener(event: 'kernel.terminate', method: 'finish')]
final class AfterResponse
{
    /** @var list<callable(): void> */
    private array $work = [];

    /** @param callable(): void $work */
    public function run(callable $work): void
    {
        $this->work[] = $work;
    }

    public function finish(): void
    {
        foreach ($this->work as $work) {
            $work();
        }
        $this->work = [];
    }
}
