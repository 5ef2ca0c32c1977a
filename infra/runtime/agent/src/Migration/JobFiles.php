<?php

declare(strict_types=1);

namespace Slipway\Agent\Migration;

/** Jobs as directories below /home/slipway/jobs: state.json, log, and `stop` once somebody asked for its end. Every instance of a slot sees them. */
final readonly class JobFiles
{
    /** A runner writes its state every second; on a share that others write to, too. */
    private const SILENT_SECONDS = 20;
    private const KEPT_JOBS = 50;

    public function __construct(private string $directory, private string $instance)
    {
    }

    /** @param array<string, mixed> $state */
    public function create(array $state): string
    {
        $this->removeOld();
        $id = gmdate('Ymd-His').'-'.bin2hex(random_bytes(6));
        if (!mkdir($this->path($id), 0o770, true)) {
            throw new \RuntimeException('the directory of jobs cannot be written to');
        }
        $this->write($id, $state + ['id' => $id]);

        return $id;
    }

    /** @param array<string, mixed> $state */
    public function write(string $id, array $state): void
    {
        $temporary = $this->path($id).'/state.'.bin2hex(random_bytes(4)).'.tmp';
        $text = json_encode($state + ['instance' => $this->instance, 'beatAt' => time()], \JSON_THROW_ON_ERROR | \JSON_INVALID_UTF8_SUBSTITUTE | \JSON_UNESCAPED_SLASHES);
        $file = fopen($temporary, 'x');
        if (false === $file || strlen($text) !== fwrite($file, $text) || !fsync($file) || !fclose($file) || !rename($temporary, $this->path($id).'/state.json')) {
            throw new \RuntimeException('the state of a job cannot be written');
        }
    }

    /** @return array<string, mixed>|null */
    public function read(string $id): ?array
    {
        if (1 !== preg_match('/^\d{8}-\d{6}-[0-9a-f]{12}$/D', $id)) {
            return null;
        }
        $state = json_decode((string) @file_get_contents($this->path($id).'/state.json'), true);
        if (!is_array($state)) {
            return null;
        }
        if ('running' !== $state['status'] || $this->isAlive($state)) {
            return $state;
        }

        return ['status' => 'failed', 'error' => 'its process ended before it was done; '.self::halfDone($state)] + $state;
    }

    /** @return array<string, mixed>|null the newest */
    public function last(): ?array
    {
        $ids = $this->ids();

        return [] === $ids ? null : $this->read(end($ids));
    }

    /**
     * What a failed job may have left, in words.
     *
     * @param array<string, mixed> $state
     */
    public static function halfDone(array $state): string
    {
        $executed = is_array($state['executed'] ?? null) ? $state['executed'] : [];
        foreach (is_array($state['migrations'] ?? null) ? $state['migrations'] : [] as ['version' => $version, 'statements' => $statements]) {
            if (!in_array($version, $executed, true)) {
                return sprintf('migration %s is not recorded as carried out, and some of its %d statements may have been', $version, count($statements));
            }
        }

        return 'every migration is recorded as carried out';
    }

    public function askToStop(string $id): void
    {
        touch($this->path($id).'/stop');
    }

    public function isAskedToStop(string $id): bool
    {
        clearstatcache();

        return file_exists($this->path($id).'/stop');
    }

    public function path(string $id): string
    {
        return $this->directory.'/'.$id;
    }

    /** @param array<string, mixed> $state */
    private function isAlive(array $state): bool
    {
        $isHere = ($state['instance'] ?? null) === $this->instance && is_int($state['pid'] ?? null);
        if ($isHere && !str_contains((string) @file_get_contents('/proc/'.$state['pid'].'/cmdline'), (string) $state['id'])) {
            return false;
        }

        return time() - (int) ($state['beatAt'] ?? 0) < self::SILENT_SECONDS;
    }

    /** @return list<string> oldest first */
    private function ids(): array
    {
        return array_map(basename(...), glob($this->directory.'/[0-9]*-*', \GLOB_ONLYDIR) ?: []);
    }

    private function removeOld(): void
    {
        foreach (array_slice($this->ids(), 0, -self::KEPT_JOBS) as $id) {
            array_map(unlink(...), glob($this->path($id).'/*') ?: []);
            @rmdir($this->path($id));
        }
    }
}
