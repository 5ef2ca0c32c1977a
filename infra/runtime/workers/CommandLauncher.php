<?php

declare(strict_types=1);

namespace Slipway\Workers;

/** Commands as processes of this container: without a shell, each in a session of its own that ends when this process does. */
final class CommandLauncher implements Launcher
{
    /** @var array<int, CommandProcess> by pid */
    private array $running = [];

    /** @param string $record a file with the processes that run, for whoever comes after a crash */
    public function __construct(private readonly string $directory, private readonly string $record, private readonly Log $log)
    {
    }

    public function launch(array $words, string $process): Process
    {
        $launched = CommandProcess::start($words, $this->directory, fn (string $line) => $this->log->relay($process, $line));
        $this->running[$launched->pid()] = $launched;
        $this->recordRunning();

        return $launched;
    }

    /**
     * Waits until a process prints something, or for the time given.
     */
    public function wait(float $seconds): void
    {
        $streams = [];
        foreach ($this->running as $pid => $process) {
            if ($process->isGone()) {
                unset($this->running[$pid]);
                $this->recordRunning();
            }
            array_push($streams, ...$process->streams());
        }
        $none = [];
        $micros = (int) ($seconds * 1_000_000);
        // A signal ends the wait with a warning.
        if ([] === $streams || false === @stream_select($streams, $none, $none, 0, $micros)) {
            usleep([] === $streams ? $micros : 1000);
        }
    }

    /** Kills what a supervisor that was killed left behind: without one, nobody would end it before a swap. */
    public function endLeftovers(): int
    {
        $left = json_decode((string) @file_get_contents($this->record), true);
        $count = 0;
        foreach (is_array($left) ? $left : [] as $pid => $startedAt) {
            $now = CommandProcess::startTime((int) $pid);
            // The leader may be gone while its group is not; another process that has its number is left alone.
            if ((int) $pid > 1 && (null === $now || $now === $startedAt) && posix_kill(-(int) $pid, \SIGKILL)) {
                ++$count;
            }
        }
        $this->recordRunning();

        return $count;
    }

    private function recordRunning(): void
    {
        $running = array_map(static fn (CommandProcess $process): string => $process->startedAt, $this->running);
        // Renamed, so that a crash in between leaves the record of before.
        if (false !== @file_put_contents($this->record.'.tmp', json_encode((object) $running))) {
            @rename($this->record.'.tmp', $this->record);
        }
    }
}
