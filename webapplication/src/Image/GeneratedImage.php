<?php

declare(strict_types=1);

namespace App\Image;

use App\Media\MediaName;

final readonly class GeneratedImage
{
    public function __construct(
        public MediaName $name,
        public int $bytes,
        public string $sha256,
        public \DateTimeImmutable $createdAt,
        /** Whether the bytes are known to be in Blob. */
        public bool $durable,
    ) {
    }

    /** @return array<string, bool|int|string> */
    public function describe(): array
    {
        return [
            'name' => $this->name->path,
            'url' => $this->name->url(),
            'bytes' => $this->bytes,
            'sha256' => $this->sha256,
            'createdAt' => ImageRow::time($this->createdAt),
            'durable' => $this->durable,
        ];
    }
}
