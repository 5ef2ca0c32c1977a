<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** A server process that the kernel ends when this process dies. */
final class Process
{
    private const STOP_SECONDS = 20.0;

    /** @var resource */
    private $handle;

    private function __construct(public readonly int $pid, mixed $handle)
    {
        if (!is_resource($handle)) {
            throw new \LogicException('not a process');
        }
        $this->handle = $handle;
    }

    /**
     * @param list<string>          $command
     * @param array<string, string> $environment
     */
    public static function start(array $command, array $environment, string $log): self
    {
        $handle = proc_open(
            // Without the inherited files: a reader of this process's output must not wait until a server ends.
            ['bash', '-c', 'exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-; exec setpriv --pdeathsig TERM "$@"', 'bash', ...$command],
            [['file', '/dev/null', 'r'], ['file', $log, 'a'], ['file', $log, 'a']],
            $pipes,
            null,
            $environment + ['PATH' => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        );
        if (false === $handle) {
            throw new \RuntimeException('cannot start '.$command[0]);
        }

        return new self(proc_get_status($handle)['pid'], $handle);
    }

    public function runs(): bool
    {
        return is_resource($this->handle) && proc_get_status($this->handle)['running'];
    }

    public function signal(int $signal): void
    {
        posix_kill($this->pid, $signal);
    }

    /** @return bool false when it had to be killed */
    public function stop(int $signal = \SIGTERM): bool
    {
        if (!$this->runs()) {
            return true;
        }
        $isKilled = false;
        $this->signal(\SIGCONT);
        $this->signal($signal);
        $deadline = microtime(true) + self::STOP_SECONDS;
        while ($this->runs()) {
            if (microtime(true) > $deadline) {
                $this->signal(\SIGKILL);
                $isKilled = true;
            }
            usleep(5000);
        }
        proc_close($this->handle);

        return !$isKilled;
    }
}
