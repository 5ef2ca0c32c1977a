<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** nginx and php-fpm, as startup.sh runs them. */
final class Application
{
    public readonly int $port;
    public readonly string $runDirectory;
    public readonly string $log;
    private ?Process $process = null;

    /**
     * @param array<string, string> $environment
     * @param string|null           $runtime     directory of the runtime that starts it, or null for that of this checkout
     */
    public function __construct(string $directory, private array $environment, private readonly string $source, private readonly ?string $runtime = null)
    {
        $this->port = Port::free();
        $this->runDirectory = $directory.'/run';
        $this->log = $directory.'/log';
        if (!is_dir($directory)) {
            mkdir($directory);
        }
    }

    /** @param array<string, string> $changes */
    public function start(array $changes = []): void
    {
        $this->environment = $changes + $this->environment;
        $this->run($this->startup());
    }

    /** Runs as the given user when this process is root, else as the current user. */
    public function startAs(string $user): void
    {
        $this->run([...(0 === posix_geteuid() ? ['setpriv', '--reuid', $user, '--regid', $user, '--clear-groups'] : []), ...$this->startup()]);
    }

    public function awaitReady(): void
    {
        try {
            Wait::until('the application answers', fn (): bool => $this->runs() && Port::answers($this->port), 30);
        } catch (\RuntimeException $failure) {
            throw new \RuntimeException($failure->getMessage()."\n".$this->logged(), 0, $failure);
        }
    }

    public function runs(): bool
    {
        return $this->process?->runs() ?? false;
    }

    /** @return bool false when it had to be killed */
    public function stop(int $signal = \SIGTERM): bool
    {
        return $this->process?->stop($signal) ?? true;
    }

    /** Never 0, which kill() would take for the own process group. */
    public function pid(string $name): int
    {
        return Wait::until('there is a pid of '.$name, fn (): ?int => $this->pidOrNone($name)) ?? throw new \LogicException('no pid');
    }

    public function pidOrNone(string $name): ?int
    {
        $text = trim((string) @file_get_contents($this->runDirectory.'/'.$name.'.pid'));

        return ctype_digit($text) && (int) $text > 1 ? (int) $text : null;
    }

    /** @return list<int> pids of php-fpm's children */
    public function workers(): array
    {
        // php-fpm listens before it has started all its children.
        Wait::until('php-fpm has all its children', fn (): bool => str_contains($this->logged(), 'ready to handle connections'));
        $master = $this->pid('php-fpm');
        $list = preg_split('/\s+/', trim((string) @file_get_contents("/proc/$master/task/$master/children")), -1, \PREG_SPLIT_NO_EMPTY);

        return array_map(intval(...), false === $list ? [] : $list);
    }

    public function client(): Client
    {
        return new Client($this->port);
    }

    public function logged(): string
    {
        return (string) file_get_contents($this->log);
    }

    /** @return list<string> */
    private function startup(): array
    {
        return ['bash', ($this->runtime ?? Runtime::directory()).'/startup.sh'];
    }

    /** @param list<string> $command */
    private function run(array $command): void
    {
        $this->process = Process::start($command, $this->environment + Runtime::compiledCache($this->source, $this->runDirectory) + [
            'APP_DIR' => $this->source,
            'SLIPWAY_APP_JSON' => Runtime::description(),
            'RUN_DIR' => $this->runDirectory,
            'NGINX_LISTEN' => '127.0.0.1:'.$this->port,
            'NGINX_PID_FILE' => $this->runDirectory.'/nginx.pid',
            'PHP_FPM' => Fpm::program(),
        ], $this->log);
    }
}
