<?php

declare(strict_types=1);

namespace Slipway\Workers;

final class CommandProcess implements Process
{
    private const READ_BYTES = 65_536;
    private const MAX_READS = 16;
    private ?string $reason = null;
    /** @var array<int, resource> */
    private array $pipes;
    /** @var array<int, Lines> */
    private array $lines;

    /**
     * @param resource                $handle
     * @param array<int, resource>    $pipes
     * @param \Closure(string): mixed $onLine
     */
    private function __construct(
        private $handle,
        private readonly int $pid,
        array $pipes,
        private readonly \Closure $onLine,
        /** The kernel's time of its start, which tells it from another process with its number. */
        public readonly string $startedAt,
    ) {
        foreach ($pipes as $pipe) {
            stream_set_blocking($pipe, false);
        }
        $this->pipes = $pipes;
        $this->lines = array_map(static fn (): Lines => new Lines(), $pipes);
    }

    /**
     * @param list<string>            $words
     * @param \Closure(string): mixed $onLine
     */
    public static function start(array $words, string $directory, \Closure $onLine): self
    {
        // The kernel kills it when this process dies for whatever reason, so that it never runs unwatched.
        $command = ['setsid', 'setpriv', '--pdeathsig', 'KILL', '--', ...$words];
        $handle = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w'], ['pipe', 'w']], $pipes, $directory);
        if (!is_resource($handle)) {
            throw new \RuntimeException('no process could be started: '.(error_get_last()['message'] ?? 'unknown reason'));
        }
        $pid = proc_get_status($handle)['pid'];

        return new self($handle, $pid, $pipes, $onLine, self::startTime($pid) ?? '');
    }

    public static function startTime(int $pid): ?string
    {
        $stat = @file_get_contents("/proc/$pid/stat");
        // The program's name, in parentheses, may hold spaces.
        $fields = false === $stat ? [] : explode(' ', substr($stat, (int) strrpos($stat, ')') + 2));

        return $fields[19] ?? null;
    }

    public function pid(): int
    {
        return $this->pid;
    }

    public function ended(): ?string
    {
        $this->read();
        if (null !== $this->reason) {
            return $this->reason;
        }
        $status = proc_get_status($this->handle);
        if ($status['running']) {
            return null;
        }
        $this->reason = $status['signaled'] ? 'signal '.$status['termsig'] : 'exit code '.$status['exitcode'];
        // Whatever it started goes with it.
        $this->kill();
        $this->read();
        foreach ($this->lines as $lines) {
            array_map($this->onLine, $lines->end());
        }
        array_map(fclose(...), $this->pipes);
        $this->pipes = [];
        proc_close($this->handle);

        return $this->reason;
    }

    public function isGone(): bool
    {
        return null !== $this->reason;
    }

    /** @return list<resource> */
    public function streams(): array
    {
        return array_values($this->pipes);
    }

    public function terminate(): void
    {
        $this->signal(\SIGTERM);
    }

    public function kill(): void
    {
        $this->signal(\SIGKILL);
    }

    /** To the whole group; in its first moment the process is not yet the leader of one. */
    private function signal(int $signal): void
    {
        if (!posix_kill(-$this->pid, $signal) && null === $this->reason) {
            posix_kill($this->pid, $signal);
        }
    }

    private function read(): void
    {
        foreach ($this->pipes as $index => $pipe) {
            // One that never stops printing must not keep the others waiting.
            for ($reads = 0; $reads < self::MAX_READS && is_string($text = fread($pipe, self::READ_BYTES)) && '' !== $text; ++$reads) {
                array_map($this->onLine, $this->lines[$index]->add($text));
            }
            if (feof($pipe)) {
                fclose($pipe);
                unset($this->pipes[$index]);
            }
        }
    }
}
