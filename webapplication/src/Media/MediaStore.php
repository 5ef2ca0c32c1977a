<?php

declare(strict_types=1);

namespace App\Media;

use App\Settings;

/** Finds a media file in outbox, synced and the Blob mount: the order in which files move, so a file that moves during the search is found. */
final readonly class MediaStore
{
    public function __construct(private Settings $settings)
    {
    }

    public function find(MediaName $name): ?LocalFile
    {
        $directories = [$this->settings->mediaRoot.'/outbox', $this->settings->mediaRoot.'/synced'];
        if ('' !== $this->settings->mediaMount) {
            $directories[] = $this->settings->mediaMount;
        }
        foreach ($directories as $directory) {
            $file = LocalFile::open($directory, $name);
            if (null !== $file) {
                return $file;
            }
        }

        return null;
    }
}
