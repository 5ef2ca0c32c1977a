<?php

declare(strict_types=1);

namespace Slipway\Agent\Migration;

/** A command of the application: no shell, in its directory, with the container's environment. */
final class Command
{
    private const READ_BYTES = 65_536;
    private const KEPT_BYTES = 8_388_608;
    private const STOP_SECONDS = 5.0;
    /** setsid answers with 128 and the signal that ended the command. */
    private const SIGNALS = [128, 192];

    /** @var resource */
    private $process;
    /** @var array<int, resource> */
    private array $pipes;
    private string $output = '';
    private string $errors = '';
    private ?float $stopAt = null;
    /** @var array{pid: int, running: bool, signaled: bool, exitcode: int}|null */
    private ?array $ended = null;

    /**
     * @param list<string>          $words
     * @param array<string, string> $environment beside the container's
     */
    public function __construct(array $words, string $directory, array $environment = [])
    {
        $pipes = [];
        foreach ($environment as $name => $value) {
            putenv("$name=$value");
        }
        // Without an environment of its own it has the container's: what a request adds to that stays here. It dies with this process, so that
        // nothing runs that nobody watches.
        $process = @proc_open(['setsid', '--wait', 'setpriv', '--pdeathsig', 'KILL', ...$words], [['file', '/dev/null', 'r'], ['pipe', 'w'], ['pipe', 'w']], $pipes, $directory);
        if (false === $process) {
            throw new \RuntimeException($words[0].' cannot be started');
        }
        $this->process = $process;
        $this->pipes = [1 => $pipes[1], 2 => $pipes[2]];
        foreach ($this->pipes as $pipe) {
            stream_set_blocking($pipe, false);
        }
    }

    /** Waits for output or the end, at most this long. False once it has ended and everything was read. */
    public function poll(float $seconds): bool
    {
        $open = array_filter($this->pipes, is_resource(...));
        if ([] !== $open) {
            $read = $open;
            $none = null;
            @stream_select($read, $none, $none, (int) $seconds, (int) (fmod($seconds, 1) * 1_000_000));
            foreach ($read as $pipe) {
                $this->take((int) array_search($pipe, $this->pipes, true));
            }
        } else {
            usleep((int) ($seconds * 100_000));
        }
        if (null !== $this->stopAt && microtime(true) > $this->stopAt) {
            $this->signal(\SIGKILL);
        }

        return [] !== array_filter($this->pipes, is_resource(...)) || $this->status()['running'];
    }

    /** Its exit code; null when a signal ended it. */
    public function close(): ?int
    {
        $status = $this->status();
        proc_close($this->process);

        $code = $status['exitcode'];

        return $status['signaled'] || ($code > self::SIGNALS[0] && $code <= self::SIGNALS[1]) ? null : $code;
    }

    /** TERM, and KILL when it goes on. */
    public function stop(): void
    {
        if (null === $this->stopAt) {
            $this->stopAt = microtime(true) + self::STOP_SECONDS;
            $this->signal(\SIGTERM);
        }
    }

    public function output(): string
    {
        return $this->output;
    }

    public function errors(): string
    {
        return $this->errors;
    }

    /**
     * PHP tells the exit code once.
     *
     * @return array{pid: int, running: bool, signaled: bool, exitcode: int}
     */
    private function status(): array
    {
        if (null !== $this->ended) {
            return $this->ended;
        }
        $status = proc_get_status($this->process);
        if (!$status['running']) {
            $this->ended = $status;
        }

        return $status;
    }

    /** setsid forks when it leads a group already; then the command is its only child. */
    private function signal(int $signal): void
    {
        $pid = $this->status()['pid'];
        $children = preg_split('/\s+/', (string) @file_get_contents("/proc/$pid/task/$pid/children"), -1, \PREG_SPLIT_NO_EMPTY) ?: [];
        foreach ([$pid, ...array_map(intval(...), $children)] as $leader) {
            @posix_kill(-$leader, $signal);
            @posix_kill($leader, $signal);
        }
    }

    private function take(int $stream): void
    {
        $text = fread($this->pipes[$stream], self::READ_BYTES);
        if (false === $text || ('' === $text && feof($this->pipes[$stream]))) {
            fclose($this->pipes[$stream]);

            return;
        }
        if (1 === $stream) {
            $this->output = substr($this->output.$text, 0, self::KEPT_BYTES);
        } else {
            $this->errors = substr($this->errors.$text, -self::KEPT_BYTES);
        }
    }
}
