<?php

declare(strict_types=1);

namespace App\Release;

/** What version.json of the package says about itself; a bare checkout has none. */
final readonly class Version
{
    public function __construct(
        public string $name,
        /** Oldest schema this code works with, or null when any will do. */
        public ?string $schemaMin,
        /** Newest schema this code was made for; later expanding migrations keep it working, contracting ones do not. */
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
