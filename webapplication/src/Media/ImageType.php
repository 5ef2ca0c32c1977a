<?php

declare(strict_types=1);

namespace App\Media;

/** Recognises raster images by their first bytes. Browsers may show only these; everything else is an attachment. */
final class ImageType
{
    public const SNIFF_BYTES = 32;

    public static function of(string $head): ?string
    {
        return match (true) {
            str_starts_with($head, "\x89PNG\r\n\x1a\n") => 'image/png',
            str_starts_with($head, "\xff\xd8\xff") => 'image/jpeg',
            str_starts_with($head, 'GIF87a'), str_starts_with($head, 'GIF89a') => 'image/gif',
            str_starts_with($head, 'RIFF') && 'WEBP' === substr($head, 8, 4) => 'image/webp',
            'ftypavif' === substr($head, 4, 8) => 'image/avif',
            str_starts_with($head, 'BM') && "\0\0\0\0" === substr($head, 6, 4) => 'image/bmp',
            default => null,
        };
    }

    public static function isDisplayable(string $contentType): bool
    {
        return in_array($contentType, ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'], true);
    }
}
