<?php

declare(strict_types=1);

namespace App\Release;

/** One run of migrations, as stored in the table migration_jobs. */
final readonly class MigrationJob
{
    public const RUNNING = 'running';
    public const DONE = 'done';
    public const FAILED = 'failed';

    /**
     * @param list<string> $executed
     * @param list<string> $pending
     */
    public function __construct(
        public string $id,
        public string $status,
        public array $executed,
        public array $pending,
        public ?string $error = null,
    ) {
    }

    /** @return array<string, mixed> */
    public function describe(): array
    {
        return ['job' => $this->id, 'status' => $this->status, 'executed' => $this->executed, 'pending' => $this->pending]
            + (null === $this->error ? [] : ['error' => $this->error]);
    }

    public function executed(string $version): self
    {
        return new self($this->id, $this->status, [...$this->executed, $version], array_values(array_diff($this->pending, [$version])));
    }

    public function ended(?string $error): self
    {
        return new self($this->id, null === $error ? self::DONE : self::FAILED, $this->executed, $this->pending, $error);
    }
}
