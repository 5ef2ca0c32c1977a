<?php

declare(strict_types=1);

namespace App\Media;

/** Path of a media file below the outbox, which is also the name of its blob. Only names that the share and Blob can both hold. */
final readonly class MediaName
{
    /** Blob's limit, in UTF-16 code units. */
    private const MAX_UNITS = 1024;
    /** Linux's limit. SMB's 255 UTF-16 code units are never fewer bytes. */
    private const MAX_SEGMENT_BYTES = 255;
    private const OWN = '/^(?:_probe\/)?[0-7][0-9A-HJKMNP-TV-Z]{25}\.(png|jpg|webp)$/D';
    private const OWN_TYPES = ['png' => 'image/png', 'jpg' => 'image/jpeg', 'webp' => 'image/webp'];

    private function __construct(public string $path)
    {
    }

    /** @return self|null null for a name that is never served: it leaves the directory, is hidden, or is invalid on SMB */
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

    /** Content type of a name that this application generated; null for foreign names. Generated names are never reused. */
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
        // One unit per character, and a second one per character of four bytes (a surrogate pair).
        return (int) preg_match_all('/[^\x80-\xbf]/', $utf8) + (int) preg_match_all('/[\xf0-\xf4]/', $utf8);
    }

    private static function isSegment(string $segment): bool
    {
        return '' !== $segment
            && strlen($segment) <= self::MAX_SEGMENT_BYTES
            && '.' !== $segment[0]
            && 1 !== preg_match('/[\x00-\x1f\x7f-\x{9f}\x{fffe}\x{ffff}"*:<>?|\\\\]|[. ]$/Du', $segment)
            // HTTP clients decode and remove dot segments from the URL of the blob.
            && !in_array(rawurldecode($segment), ['.', '..'], true);
    }
}
