<?php

declare(strict_types=1);

namespace App\Media;

/** One range of bytes of a representation whose size is known (RFC 9110, 14.1.2). */
final readonly class ByteRange
{
    private function __construct(public int $offset, public int $length, public int $size)
    {
    }

    /** @return self|false|null null for a header to ignore, false for a range that is not satisfiable */
    public static function parse(string $header, int $size): self|false|null
    {
        if (1 !== preg_match('/^bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*$/Di', $header, $parts) || '' === $parts[1].$parts[2]) {
            return null;
        }
        if ('' === $parts[1]) {
            $length = min((int) $parts[2], $size);

            return 0 === $length ? false : new self($size - $length, $length, $size);
        }
        $first = (int) $parts[1];
        $last = '' === $parts[2] ? $size - 1 : (int) $parts[2];
        if ('' !== $parts[2] && $last < $first) {
            return null;
        }
        if ($first >= $size) {
            return false;
        }

        return new self($first, min($last, $size - 1) - $first + 1, $size);
    }

    public static function whole(int $size): self
    {
        return new self(0, $size, $size);
    }

    public function contentRange(): string
    {
        return sprintf('bytes %d-%d/%d', $this->offset, $this->offset + $this->length - 1, $this->size);
    }
}
