<?php

declare(strict_types=1);

namespace App\Database;

/** What pending migrations would send now, by their dry run. */
final readonly class MigrationPlan
{
    /**
     * @param array<int|string, list<string>> $statements by version, in their order; PHP turns the 14 digits into an integer
     * @param string|null                 $failed     the version after them whose dry run failed
     * @param string|null                 $reason     why
     */
    public function __construct(public array $statements, public ?string $failed = null, public ?string $reason = null)
    {
    }

    /** @return list<string> */
    public function versions(): array
    {
        return array_map(strval(...), array_keys($this->statements));
    }

    /** SHA-256 of every version and its statements, each closed by a NUL byte, and another one behind each version. */
    public function hash(): string
    {
        $text = '';
        foreach ($this->statements as $version => $statements) {
            $text .= implode("\0", [$version, ...$statements])."\0\0";
        }

        return hash('sha256', $text);
    }

    /** @return array<string, mixed> */
    public function describe(): array
    {
        $migrations = array_map(
            fn (string $version): array => ['version' => $version, 'statements' => array_map(self::text(...), $this->statements[$version] ?? [])],
            $this->versions(),
        );

        return ['migrations' => $migrations] + (null === $this->failed ? [] : ['failed' => ['version' => $this->failed, 'reason' => self::text($this->reason ?? '')]]);
    }

    /** What is no UTF-8 has another hash as JSON, so it can be shown and not run. */
    private static function text(string $text): string
    {
        return mb_scrub($text, 'UTF-8');
    }
}
