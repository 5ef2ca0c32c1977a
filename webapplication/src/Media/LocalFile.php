<?php

declare(strict_types=1);

namespace App\Media;

final readonly class LocalFile implements MediaContent
{
    private const CHUNK_BYTES = 65_536;
    private const TYPE = 0o170000;
    private const REGULAR = 0o100000;
    /** One link per open file of this process; its target is the file's current path. */
    private const OPEN_FILES = '/proc/self/fd';

    /**
     * @param resource $handle
     * @param string   $internalUri where nginx finds the file; empty when it cannot send it
     */
    private function __construct(private mixed $handle, private int $size, private string $internalUri)
    {
    }

    /**
     * Opens a regular file below a directory and follows no symbolic link in the path below it. PHP has no O_NOFOLLOW, so the
     * opened file is compared with its path afterwards, which also holds against a path that changes meanwhile.
     *
     * @param string $internalPrefix location of nginx that serves the directory, or empty
     * @param int    $maxLinks       files with more hard links are refused
     */
    public static function open(string $directory, MediaName $name, string $internalPrefix = '', int $maxLinks = \PHP_INT_MAX): ?self
    {
        // realpath() caches its result for ten minutes, so it must not see a directory that is missing for a moment.
        $directory = is_dir($directory) ? realpath($directory) : false;
        if (false === $directory) {
            return null;
        }
        $path = $directory.'/'.$name->path;
        // n: opening a FIFO would otherwise wait for its writer.
        $handle = @fopen($path, 'rn');
        if (false === $handle) {
            return null;
        }
        $opened = fstat($handle);
        if (false === $opened || self::REGULAR !== ($opened['mode'] & self::TYPE) || $opened['nlink'] > $maxLinks || !self::isOpenAt($path, $opened['ino'])) {
            fclose($handle);

            return null;
        }

        return new self($handle, $opened['size'], '' === $internalPrefix ? '' : $internalPrefix.$name->encoded());
    }

    public function size(): int
    {
        return $this->size;
    }

    public function md5(): string
    {
        rewind($this->handle);
        $hash = hash_init('md5');
        hash_update_stream($hash, $this->handle, $this->size);

        return hash_final($hash, true);
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

    public function accelHeaders(?ByteRange $range): array
    {
        return '' === $this->internalUri ? [] : ['X-Accel-Redirect' => $this->internalUri];
    }

    private static function isOpenAt(string $path, int $inode): bool
    {
        $numbers = scandir(self::OPEN_FILES);
        clearstatcache();
        foreach (false === $numbers ? [] : $numbers as $number) {
            $link = self::OPEN_FILES.'/'.$number;
            // Names on SMB are case-insensitive.
            if (0 === strcasecmp((string) @readlink($link), $path) && @fileinode($link) === $inode) {
                return true;
            }
        }

        return false;
    }
}
