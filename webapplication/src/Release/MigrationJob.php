<?php

declare(strict_types=1);

namespace App\Release;

/** One run of migrations, as stored in the table migration_jobs. */
final readonly class MigrationJob
{
    public const RUNNING = 'running';
    public const DONE = 'done';
    /** Somebody has asked for the end of a run that still goes on. */
    public const STOPPING = 'stopping';
    public const STOPPED = 'stopped';
    public const FAILED = 'failed';

    /**
     * @param list<string>              $executed
     * @param list<string>              $pending
     * @param array<string, mixed>|null $lock     which statement did not get its lock, and who may hold it
     */
    public function __construct(
        public string $id,
        public string $status,
        public array $executed,
        public array $pending,
        public ?string $error = null,
        public ?array $lock = null,
    ) {
    }

    /** @return array<string, mixed> */
    public function describe(): array
    {
        return ['job' => $this->id, 'status' => self::STOPPING === $this->status ? self::RUNNING : $this->status, 'executed' => $this->executed, 'pending' => $this->pending]
            + (null === $this->error ? [] : ['error' => $this->error])
            + (null === $this->lock ? [] : ['lock' => $this->lock]);
    }

    public function executed(string $version): self
    {
        return new self($this->id, $this->status, [...$this->executed, $version], array_values(array_diff($this->pending, [$version])));
    }

    public function isRunning(): bool
    {
        return in_array($this->status, [self::RUNNING, self::STOPPING], true);
    }

    public function done(): self
    {
        return new self($this->id, self::DONE, $this->executed, $this->pending);
    }

    /** @param array<string, mixed>|null $lock */
    public function failed(string $error, ?array $lock = null): self
    {
        return new self($this->id, self::FAILED, $this->executed, $this->pending, $error, $lock);
    }

    public function stopped(string $reason): self
    {
        return new self($this->id, self::STOPPED, $this->executed, $this->pending, $reason);
    }
}
