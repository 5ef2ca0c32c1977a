<?php

declare(strict_types=1);

namespace App\Media;

final readonly class LocalFile implements Content
{
    private const CHUNK_BYTES = 65_536;
    private const TYPE = 0o170000;
    private const REGULAR = 0o100000;
    private const DIRECTORY = 0o040000;

    /** @param resource $handle */
    private function __construct(private mixed $handle, private int $size)
    {
    }

    /** Opens a regular file below a directory; never follows a link, in no part of the path below it. */
    public static function open(string $directory, MediaName $name): ?self
    {
        $path = $directory;
        $segments = explode('/', $name->path);
        $last = array_pop($segments);
        clearstatcache();
        foreach ($segments as $segment) {
            $path .= '/'.$segment;
            if (!self::is($path, self::DIRECTORY)) {
                return null;
            }
        }
        $path .= '/'.$last;
        if (!self::is($path, self::REGULAR)) {
            return null;
        }
        $handle = @fopen($path, 'r');
        if (false === $handle) {
            return null;
        }
        $opened = fstat($handle);
        // The name may have come to mean something else since; inode numbers are not stable on every SMB mount, so look twice.
        clearstatcache();
        if (false === $opened || self::REGULAR !== ($opened['mode'] & self::TYPE) || !self::is($path, self::REGULAR)) {
            fclose($handle);

            return null;
        }

        return new self($handle, $opened['size']);
    }

    public function size(): int
    {
        return $this->size;
    }

    public function type(): string
    {
        rewind($this->handle);

        return ImageType::of((string) stream_get_contents($this->handle, ImageType::SNIFF_BYTES)) ?? 'application/octet-stream';
    }

    public function read(int $offset, int $length): iterable
    {
        fseek($this->handle, $offset);
        while ($length > 0) {
            $chunk = fread($this->handle, min(self::CHUNK_BYTES, $length));
            if (false === $chunk || '' === $chunk) {
                return;
            }
            $length -= strlen($chunk);
            yield $chunk;
        }
    }

    /** @phpstan-impure the disk changes under us */
    private static function is(string $path, int $type): bool
    {
        $found = @lstat($path);

        return false !== $found && $type === ($found['mode'] & self::TYPE);
    }
}
