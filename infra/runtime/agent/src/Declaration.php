<?php

declare(strict_types=1);

namespace Slipway\Agent;

/**
 * The file that names the version which is live. All instances of a slot share it, and it moves with the slot; only where it names the
 * running version do workers and the schedule run.
 */
readonly class Declaration
{
    private const VERSION = '/^[A-Za-z0-9._-]{1,64}$/D';
    /** An instance that said nothing for this long has ended. */
    private const STALE_SECONDS = 20;

    /** @param string $home the directory of slipway on the share of the slot */
    public function __construct(private string $home)
    {
    }

    public function read(): ?string
    {
        // The share may answer late what another instance wrote, but not for ever.
        clearstatcache(true, $this->path());
        $version = trim((string) @file_get_contents($this->path(), false, null, 0, 128));

        return 1 === preg_match(self::VERSION, $version) ? $version : null;
    }

    public function declare(string $version): bool
    {
        if (!is_dir($this->home) && !@mkdir($this->home, 0o755, true) && !is_dir($this->home)) {
            return false;
        }
        $written = $this->path().'.'.bin2hex(random_bytes(6));
        $isWritten = false !== @file_put_contents($written, $version."\n") && @rename($written, $this->path());
        if (!$isWritten) {
            @unlink($written);
        }

        return $isWritten;
    }

    public function withdraw(): bool
    {
        @unlink($this->path());
        clearstatcache(true, $this->path());

        return !file_exists($this->path());
    }

    /** What a supervisor says of its instance. */
    public function report(string $name, string $json): void
    {
        $directory = $this->home.'/workers';
        if (!is_dir($directory)) {
            @mkdir($directory, 0o755, true);
        }
        $path = "$directory/$name.json";
        if (false !== @file_put_contents($path.'.tmp', $json)) {
            @rename($path.'.tmp', $path);
        }
    }

    public function forget(string $name): void
    {
        @unlink($this->home."/workers/$name.json");
    }

    /**
     * What each instance that lives said last.
     *
     * @return list<array<string, mixed>>
     */
    public function reports(float $now): array
    {
        $found = [];
        foreach (@scandir($this->home.'/workers') ?: [] as $file) {
            if (!str_ends_with($file, '.json')) {
                continue;
            }
            $report = json_decode((string) @file_get_contents($this->home.'/workers/'.$file), true);
            if (is_array($report) && $now - (float) (is_numeric($report['at'] ?? null) ? $report['at'] : 0) < self::STALE_SECONDS) {
                $found[] = $report;
            }
        }

        return $found;
    }

    private function path(): string
    {
        return $this->home.'/live';
    }
}
