<?php

declare(strict_types=1);

namespace App\Media;

/** A media file, on disk or in Blob. */
interface MediaContent
{
    public function size(): int;

    /** Raw MD5 of the whole file; null when Blob has none. */
    public function md5(): ?string;

    /** Content type by the first bytes; application/octet-stream for everything that is not a raster image. */
    public function type(): string;

    /** @return iterable<int, string> */
    public function read(int $offset, int $length): iterable;

    /**
     * The headers that make nginx send these bytes itself, which keeps no PHP worker busy; see appservice/nginx.conf.
     *
     * @return array<string, string> empty when PHP has to send them
     */
    public function accelHeaders(?ByteRange $range): array;
}
