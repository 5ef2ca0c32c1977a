<?php

declare(strict_types=1);

namespace App\Media;

/** Writes a file so that its name appears only once every byte is on disk. */
final readonly class DurableFile
{
    /** @throws DiskWriteException and leaves nothing behind */
    public function write(string $path, string $bytes): void
    {
        $directory = dirname($path);
        if (!is_dir($directory) && !@mkdir($directory, 0o777, true) && !is_dir($directory)) {
            throw $this->failure('make a directory');
        }
        $temporary = $directory.'/.tmp-'.basename($path);
        error_clear_last();
        $file = @fopen($temporary, 'x');
        if (false === $file) {
            throw $this->failure('open a file');
        }
        $written = strlen($bytes) === @fwrite($file, $bytes) && @fflush($file) && @fsync($file);
        $closed = @fclose($file);
        if (!$written || !$closed || !@rename($temporary, $path)) {
            $failure = $this->failure('write');
            @unlink($temporary);
            throw $failure;
        }
    }

    private function failure(string $action): DiskWriteException
    {
        return new DiskWriteException(sprintf('The disk refuses to %s: %s', $action, error_get_last()['message'] ?? 'no reason given'));
    }
}
