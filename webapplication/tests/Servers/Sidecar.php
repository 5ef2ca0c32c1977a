<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** The fake sidecar; a directory stands for its Blob. */
final class Sidecar implements Server
{
    public readonly int $port;
    public readonly string $blob;
    private ?Process $process = null;

    public function __construct(private readonly string $directory, private readonly string $mediaRoot)
    {
        $this->port = Port::free();
        $this->blob = $directory.'/blob';
        mkdir($this->blob, 0o777, true);
    }

    public function start(): void
    {
        $this->process = Process::start(
            ['php', '-d', 'display_errors=0', '-S', '127.0.0.1:'.$this->port, __DIR__.'/fake-sidecar.php'],
            ['SIDECAR_BLOB' => $this->blob, 'MEDIA_ROOT' => $this->mediaRoot],
            $this->directory.'/server.log',
        );
    }

    public function awaitReady(): void
    {
        Wait::until('the sidecar takes connections', fn (): bool => Port::answers($this->port));
    }

    public function stop(): void
    {
        $this->process?->stop(\SIGKILL);
    }

    public function suspend(): void
    {
        $this->process?->signal(\SIGSTOP);
    }

    public function resume(): void
    {
        $this->process?->signal(\SIGCONT);
    }

    public function blobIsUnavailable(bool $unavailable): void
    {
        $unavailable ? touch($this->directory.'/blob-unavailable') : @unlink($this->directory.'/blob-unavailable');
    }

    public function blobHangs(bool $hangs): void
    {
        $hangs ? touch($this->directory.'/blob-hangs') : @unlink($this->directory.'/blob-hangs');
    }

    public function forget(): void
    {
        @unlink($this->directory.'/requests');
        @unlink($this->directory.'/spans');
    }

    /** @return list<array<mixed>> */
    public function requests(): array
    {
        return $this->lines('requests');
    }

    /** @return list<array<mixed>> the bodies of /v1/traces */
    public function spans(): array
    {
        return $this->lines('spans');
    }

    /** @return list<array<mixed>> */
    private function lines(string $file): array
    {
        $lines = @file($this->directory.'/'.$file, \FILE_IGNORE_NEW_LINES);

        return array_map(static fn (string $line): array => (array) json_decode($line, true), false === $lines ? [] : $lines);
    }
}
