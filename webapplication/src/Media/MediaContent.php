<?php

declare(strict_types=1);

namespace App\Media;

/** The bytes of a media file, wherever they are. */
interface MediaContent
{
    public function size(): int;

    /** MD5 of all of it, raw; null when Blob has none. */
    public function md5(): ?string;

    /** By the first bytes; application/octet-stream for whatever is no raster image. */
    public function type(): string;

    /** @return iterable<int, string> */
    public function read(int $offset, int $length): iterable;
}
