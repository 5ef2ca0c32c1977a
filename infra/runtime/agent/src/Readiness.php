<?php

declare(strict_types=1);

namespace Slipway\Agent;

/**
 * Whether a container that has started may get visitors. It waits instead of refusing: App Service stops a swap at the first
 * status that its settings do not name, and gives the request 90 s.
 */
final readonly class Readiness
{
    /** A sidecar, a Blob or an application that takes longer keeps no site down. */
    private const LIMIT_SECONDS = 20.0;
    private const SIDECAR_MS = 500;
    private const POLL_MICROSECONDS = 100_000;

    /**
     * @param \Closure(): float    $now   seconds since 1970
     * @param \Closure(int): void  $pause of so many microseconds
     */
    public function __construct(private Settings $settings, private \Closure $now, private \Closure $pause)
    {
    }

    public static function of(Settings $settings): self
    {
        return new self($settings, static fn (): float => microtime(true), usleep(...));
    }

    public function await(): void
    {
        $started = strtotime($this->settings->startedAt);
        $deadline = (false === $started ? ($this->now)() : (float) $started) + self::LIMIT_SECONDS;
        $this->awaitBlob($deadline);
        $this->warmOnce($deadline);
    }

    /** App Service asks at the container's start and again before it switches; whoever asks meanwhile waits for the same warm-up. */
    private function warmOnce(float $deadline): void
    {
        $left = $deadline - ($this->now)();
        $record = $left > 0 ? @fopen($this->settings->runDirectory.'/tmp/warm', 'c+') : false;
        if (false === $record || !flock($record, \LOCK_EX) || stream_get_contents($record) === $this->settings->startedAt) {
            return;
        }
        (new WarmUp($this->settings))->run((int) ($left * 1000));
        ftruncate($record, 0);
        rewind($record);
        fwrite($record, $this->settings->startedAt);
    }

    /** Before its sidecar has reached Blob, the container could not read media from there. */
    private function awaitBlob(float $deadline): void
    {
        $sidecar = new Sidecar($this->settings->sidecarPort);
        while (($this->now)() < $deadline && 'up' !== ($sidecar->ask('GET', '/readyz', self::SIDECAR_MS)['json']['blob'] ?? null)) {
            ($this->pause)(self::POLL_MICROSECONDS);
        }
    }
}
