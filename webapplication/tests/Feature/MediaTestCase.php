<?php

declare(strict_types=1);

namespace App\Tests\Feature;

/** Media files in the places where the application looks for them. */
abstract class MediaTestCase extends FeatureTestCase
{
    protected const PLACES = ['outbox', 'synced', 'mount', 'blob'];

    protected function put(string $place, string $name, string $bytes): string
    {
        $directory = match ($place) {
            'mount' => $this->environment->mount,
            'blob' => $this->environment->sidecar->blob,
            default => $this->environment->mediaRoot.'/'.$place,
        };
        $path = $directory.'/'.$name;
        @mkdir(dirname($path), 0o755, true);
        file_put_contents($path, $bytes);

        return $path;
    }

    /** @param int<0, max> $size */
    protected function putSparse(string $place, string $name, int $size): string
    {
        $path = $this->put($place, $name, '');
        $file = fopen($path, 'r+');
        self::assertIsResource($file);
        ftruncate($file, $size);
        fclose($file);

        return $path;
    }

    protected static function png(): string
    {
        static $png = null;
        if (!is_string($png)) {
            $image = imagecreatetruecolor(8, 8);
            ob_start();
            imagepng($image);
            $png = (string) ob_get_clean();
        }

        return $png;
    }
}
