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

    /** @param array<string, string> $environment */
    public function __construct(string $directory, private array $environment, private readonly string $source)
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
        $this->process = Process::start(['bash', $this->source.'/appservice/startup.sh'], $this->environment + [
            'RUN_DIR' => $this->runDirectory,
            'NGINX_LISTEN' => '127.0.0.1:'.$this->port,
            'NGINX_PID_FILE' => $this->runDirectory.'/nginx.pid',
            'PHP_FPM' => self::fpm(),
        ], $this->log);
    }

    public function awaitReady(): void
    {
        Wait::until('the application answers, see '.$this->log, fn (): bool => $this->runs() && Port::answers($this->port));
    }

    public function runs(): bool
    {
        return $this->process?->runs() ?? false;
    }

    public function stop(int $signal = \SIGTERM): void
    {
        $this->process?->stop($signal);
    }

    public function pid(string $name): int
    {
        return (int) trim((string) @file_get_contents($this->runDirectory.'/'.$name.'.pid'));
    }

    /** @return list<int> pids of php-fpm's children */
    public function workers(): array
    {
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

    public static function fpm(): string
    {
        return 'php-fpm'.\PHP_MAJOR_VERSION.'.'.\PHP_MINOR_VERSION;
    }
}
