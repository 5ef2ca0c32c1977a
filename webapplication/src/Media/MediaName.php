<?php

declare(strict_types=1);

namespace App\Media;

/** Path of a media file below the outbox, and so the name of its blob: one that every store on the way can hold. */
final readonly class MediaName
{
    /** Of a blob's name: UTF-16 code units. */
    private const MAX_UNITS = 1024;
    /** Of a file's name: SMB allows 255 UTF-16 code units, Linux 255 bytes, which is never more. */
    private const MAX_SEGMENT_BYTES = 255;
    private const OWN = '/^(?:_probe\/)?[0-7][0-9A-HJKMNP-TV-Z]{25}\.(png|jpg|webp)$/D';
    private const OWN_TYPES = ['png' => 'image/png', 'jpg' => 'image/jpeg', 'webp' => 'image/webp'];

    private function __construct(public string $path)
    {
    }

    /** @return self|null null for a name that is never served: it would climb out, is hidden, or SMB cannot hold it */
    public static function parse(string $path): ?self
    {
        if ('' === $path || 1 !== preg_match('//u', $path) || self::units($path) > self::MAX_UNITS) {
            return null;
        }
        foreach (explode('/', $path) as $segment) {
            if (!self::isSegment($segment)) {
                return null;
            }
        }

        return new self($path);
    }

    /** Content type of a name this application gave, which is complete and never reused; null for foreign names. */
    public function ownType(): ?string
    {
        return 1 === preg_match(self::OWN, $this->path, $parts) ? self::OWN_TYPES[$parts[1]] : null;
    }

    public function url(): string
    {
        return '/media/'.$this->encoded();
    }

    public function encoded(): string
    {
        return implode('/', array_map(rawurlencode(...), explode('/', $this->path)));
    }

    private static function units(string $utf8): int
    {
        // Every byte but those that continue a letter, and one more for each letter of four bytes.
        return (int) preg_match_all('/[^\x80-\xbf]/', $utf8) + (int) preg_match_all('/[\xf0-\xf4]/', $utf8);
    }

    private static function isSegment(string $segment): bool
    {
        return '' !== $segment
            && strlen($segment) <= self::MAX_SEGMENT_BYTES
            && '.' !== $segment[0]
            && 1 !== preg_match('/[\x00-\x1f\x7f-\x{9f}\x{fffe}\x{ffff}"*:<>?|\\\\]|[. ]$/Du', $segment)
            // A segment that is dots once decoded again would be normalised away by an HTTP client on the way to Blob.
            && !in_array(rawurldecode($segment), ['.', '..'], true);
    }
}
