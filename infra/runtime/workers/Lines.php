<?php

declare(strict_types=1);

namespace Slipway\Workers;

/** Whole lines out of what a process prints in pieces. A line that is too long is given in parts. */
final class Lines
{
    private const MAX_BYTES = 16_384;
    private string $rest = '';

    /** @return list<string> */
    public function add(string $text): array
    {
        $lines = explode("\n", $this->rest.$text);
        $this->rest = (string) array_pop($lines);
        while (strlen($this->rest) > self::MAX_BYTES) {
            $lines[] = substr($this->rest, 0, self::MAX_BYTES);
            $this->rest = substr($this->rest, self::MAX_BYTES);
        }

        return self::printed($lines);
    }

    /** @return list<string> */
    public function end(): array
    {
        $rest = $this->rest;
        $this->rest = '';

        return self::printed([$rest]);
    }

    /**
     * @param list<string> $lines
     *
     * @return list<string>
     */
    private static function printed(array $lines): array
    {
        return array_values(array_filter(array_map(rtrim(...), $lines), static fn (string $line): bool => '' !== $line));
    }
}
