<?php

declare(strict_types=1);

namespace Slipway\Workers;

/** One worker of the application: runs while it is wanted, and is started again when it ends by itself. */
final class Worker
{
    private ?Process $process = null;
    private float $startedAt = 0.0;
    private float $nextStart = 0.0;
    private ?float $killAt = null;
    private int $failures = 0;
    private int $restarts = 0;
    /** @var array{at: string, reason: string}|null */
    private ?array $lastExit = null;

    /**
     * @param list<string>       $words
     * @param \Closure(): float  $random from 0 to 1
     */
    public function __construct(
        public readonly string $name,
        private readonly array $words,
        public readonly int $stopSeconds,
        private readonly Launcher $launcher,
        private readonly Log $log,
        private readonly \Closure $random,
    ) {
    }

    /** @param float $stopLimit the most seconds that an unwanted one may take to end */
    public function tick(float $now, bool $wanted, float $stopLimit): void
    {
        $this->noteEnd($now);
        if (null === $this->process) {
            if ($wanted && $now >= $this->nextStart) {
                $this->start($now);
            }
        } elseif (!$wanted || null !== $this->killAt) {
            // One that was told to end does so, even if it is wanted again meanwhile.
            $this->stop($now, $stopLimit);
        }
    }

    public function isRunning(): bool
    {
        return null !== $this->process;
    }

    public function kill(): void
    {
        $this->process?->kill();
    }

    /** @return array{name: string, pid: int|null, restarts: int, failures: int, lastExit: array{at: string, reason: string}|null} */
    public function status(): array
    {
        return ['name' => $this->name, 'pid' => $this->process?->pid(), 'restarts' => $this->restarts, 'failures' => $this->failures, 'lastExit' => $this->lastExit];
    }

    private function start(float $now): void
    {
        if (null !== $this->lastExit) {
            ++$this->restarts;
        }
        $this->startedAt = $now;
        try {
            $this->process = $this->launcher->launch($this->words, 'worker.'.$this->name);
        } catch (\RuntimeException $failure) {
            $this->ended($now, $failure->getMessage());
        }
    }

    private function stop(float $now, float $stopLimit): void
    {
        if (null === $this->killAt) {
            $this->killAt = $now + min($this->stopSeconds, $stopLimit);
            $this->process?->terminate();
        } else {
            $this->killAt = min($this->killAt, $now + $stopLimit);
            if ($now >= $this->killAt) {
                $this->log->say('WARNING', sprintf('The worker %s did not end within its time and is killed', $this->name));
                $this->process?->kill();
            }
        }
    }

    private function noteEnd(float $now): void
    {
        $reason = $this->process?->ended();
        if (null === $reason) {
            return;
        }
        $this->process = null;
        if (null === $this->killAt) {
            $this->ended($now, $reason);

            return;
        }
        // It was told to end, so nothing is wrong and nothing is waited for.
        $this->killAt = null;
        $this->nextStart = $now;
        $this->failures = 0;
    }

    private function ended(float $now, string $reason): void
    {
        $ran = $now - $this->startedAt;
        $this->failures = Backoff::failures($this->failures, $ran, 'exit code 0' === $reason);
        $pause = Backoff::seconds($this->failures, ($this->random)());
        $this->nextStart = $now + $pause;
        $this->lastExit = ['at' => gmdate('Y-m-d\TH:i:s\Z', (int) $now), 'reason' => $reason];
        $level = 0 === $this->failures ? 'INFO' : 'WARNING';
        $this->log->say($level, sprintf('The worker %s ended after %d s (%s) and is started again in %.1f s', $this->name, $ran, $reason, $pause));
    }
}
