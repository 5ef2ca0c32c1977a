<?php

declare(strict_types=1);

namespace App\Media;

use App\Sidecar\BlobReader;

/** A file that is only in Blob. The stream of the whole file is open; a range is requested when it is read. */
final readonly class BlobContent implements MediaContent
{
    private const CHUNK_BYTES = 65_536;
    /** A smaller file fits into nginx's buffers; sending it from here saves a second request to Blob. */
    private const MAX_BUFFERED_BYTES = 1024 * 1024;

    /** @param resource $stream the whole file, from its start */
    public function __construct(
        private BlobReader $reader,
        private MediaName $name,
        private mixed $stream,
        private int $size,
        private ?string $md5,
        private string $type,
    ) {
    }

    public function size(): int
    {
        return $this->size;
    }

    public function md5(): ?string
    {
        return $this->md5;
    }

    public function type(): string
    {
        return ImageType::isDisplayable($this->type) ? $this->type : 'application/octet-stream';
    }

    public function read(int $offset, int $length): iterable
    {
        $stream = 0 === $offset ? $this->stream : $this->reader->part($this->name, $offset, $length);
        while ($length > 0 && !feof($stream)) {
            $chunk = fread($stream, min(self::CHUNK_BYTES, $length));
            if (false === $chunk || '' === $chunk) {
                return;
            }
            $length -= strlen($chunk);
            yield $chunk;
        }
    }

    public function accelHeaders(?ByteRange $range): array
    {
        if (($range->length ?? $this->size) <= self::MAX_BUFFERED_BYTES) {
            return [];
        }

        return ['X-Accel-Redirect' => '/_media/blob', 'X-Media-Uri' => '/blob/'.$this->name->encoded()]
            + (null === $range ? [] : ['X-Media-Range' => sprintf('bytes=%d-%d', $range->offset, $range->offset + $range->length - 1)]);
    }
}
