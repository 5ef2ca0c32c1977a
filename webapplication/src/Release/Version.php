<?php

declare(strict_types=1);

namespace App\Release;

/** The contents of the package's version.json. A checkout has no such file. */
final readonly class Version
{
    public function __construct(
        public string $name,
        /** Oldest schema this code works with, or null for any. */
        public ?string $schemaMin,
        /** Newest schema this code was made for. Later expand migrations keep it working, later contract migrations break it. */
        public ?string $schemaMax,
    ) {
    }

    public static function fromPackage(string $directory): self
    {
        $text = @file_get_contents($directory.'/version.json');
        $data = false === $text ? null : json_decode($text, true);

        return is_array($data)
            ? new self(self::text($data, 'version') ?? 'dev', self::text($data, 'schemaMin'), self::text($data, 'schemaMax'))
            : new self('dev', null, null);
    }

    /** @param array<mixed> $data */
    private static function text(array $data, string $member): ?string
    {
        $value = $data[$member] ?? null;

        return is_string($value) && '' !== $value ? $value : null;
    }
}
