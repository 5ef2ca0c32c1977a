<?php

declare(strict_types=1);

namespace App\Media;

use App\Settings;

/** The places a file can be read from, in the order a file moves through them; so a file on the move is still found. */
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
