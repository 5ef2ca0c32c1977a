<?php

declare(strict_types=1);

namespace App\Media;

use App\Settings;

/** Where new files wait for the sidecar. A file is there whole, on disk, or not at all. */
final readonly class Outbox
{
    public function __construct(private Settings $settings, private DurableFile $files)
    {
    }

    /** @throws DiskWriteException */
    public function put(MediaName $name, string $bytes): void
    {
        $this->files->write($this->path($name), $bytes);
    }

    /** Takes back a file that was just put, unless the sidecar has it already. */
    public function withdraw(MediaName $name): void
    {
        @unlink($this->path($name));
    }

    /** Whether no file waits, however deep; false also when that cannot be told. */
    public function isEmpty(): bool
    {
        try {
            $entries = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($this->settings->mediaRoot.'/outbox', \FilesystemIterator::SKIP_DOTS));
            foreach ($entries as $entry) {
                if ($entry instanceof \SplFileInfo && '.' !== $entry->getFilename()[0]) {
                    return false;
                }
            }

            return true;
        } catch (\UnexpectedValueException) {
            return false;
        }
    }

    private function path(MediaName $name): string
    {
        return $this->settings->mediaRoot.'/outbox/'.$name->path;
    }
}
