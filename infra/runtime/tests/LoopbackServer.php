<?php

declare(strict_types=1);

namespace Slipway\Workers\Tests;

/** A sidecar and an application in one, on a port of its own. Every request is written down. */
final class LoopbackServer
{
    private const ROUTER = <<<'PHP'
        <?php
        $line = [$_SERVER['REQUEST_METHOD'], $_SERVER['REQUEST_URI'], $_SERVER['HTTP_AUTHORIZATION'] ?? $_SERVER['HTTP_USER_AGENT'] ?? ''];
        file_put_contents(__DIR__.'/requests', rtrim(implode(' ', $line))."\n", FILE_APPEND);
        if ('/readyz' === $_SERVER['REQUEST_URI']) {
            $states = file(__DIR__.'/states', FILE_IGNORE_NEW_LINES);
            echo '{"blob":"'.(1 === count($states) ? $states[0] : array_shift($states)).'"}';
            file_put_contents(__DIR__.'/states', implode("\n", $states));
        } else {
            http_response_code(302);
        }
        PHP;
    public readonly int $port;
    private readonly string $directory;
    /** @var resource */
    private $process;

    /** @param list<string> $states what the sidecar says of Blob, one after the other; the last one for ever */
    public function __construct(array $states)
    {
        $this->directory = sys_get_temp_dir().'/slipway-loopback-'.bin2hex(random_bytes(6));
        mkdir($this->directory, 0o700);
        file_put_contents($this->directory.'/router.php', self::ROUTER);
        file_put_contents($this->directory.'/states', implode("\n", $states));
        touch($this->directory.'/requests');
        $free = stream_socket_server('tcp://127.0.0.1:0');
        \assert(is_resource($free));
        $this->port = (int) substr(strrchr((string) stream_socket_get_name($free, false), ':') ?: '', 1);
        fclose($free);
        $process = proc_open([\PHP_BINARY, '-n', '-S', '127.0.0.1:'.$this->port, $this->directory.'/router.php'], [1 => ['file', '/dev/null', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes);
        \assert(is_resource($process));
        $this->process = $process;
        while (proc_get_status($process)['running'] && false === @stream_socket_client('tcp://127.0.0.1:'.$this->port)) {
            usleep(10_000);
        }
    }

    public function stop(): void
    {
        proc_terminate($this->process);
        proc_close($this->process);
        array_map(unlink(...), glob($this->directory.'/*') ?: []);
        rmdir($this->directory);
    }

    /** @return list<string> method, address, and authorization or user agent of each request */
    public function requests(): array
    {
        return file($this->directory.'/requests', \FILE_IGNORE_NEW_LINES) ?: [];
    }
}
