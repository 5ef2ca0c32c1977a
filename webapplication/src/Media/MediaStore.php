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
        $directories = ['outbox' => $this->settings->mediaRoot.'/outbox', 'synced' => $this->settings->mediaRoot.'/synced'];
        if ('' !== $this->settings->mediaMount) {
            $directories['mount'] = $this->settings->mediaMount;
        }
        foreach ($directories as $place => $directory) {
            // The other name of a hard link may be outside of the outbox. Backups may make hard links of carried files.
            $file = LocalFile::open($directory, $name, '/_media/'.$place.'/', 'outbox' === $place ? 1 : \PHP_INT_MAX);
            if (null !== $file) {
                return $file;
            }
        }

        return null;
    }
}
