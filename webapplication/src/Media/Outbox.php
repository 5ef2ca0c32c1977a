<?php

declare(strict_types=1);

namespace App\Media;

use App\Settings;

/** The directory in which new files wait for the sidecar. Only complete files on disk have a final name. */
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

    /** Deletes a file again, unless the sidecar has already carried it. */
    public function withdraw(MediaName $name): void
    {
        @unlink($this->path($name));
    }

    /** Returns true when no file waits at any depth; false also when the directory cannot be read. */
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
