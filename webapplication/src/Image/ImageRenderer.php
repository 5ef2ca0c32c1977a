<?php

declare(strict_types=1);

namespace App\Image;

/** Draws a random image. */
final readonly class ImageRenderer
{
    private const CIRCLES = 12;
    /** zlib level. Level 3 takes half the time of level 6 and gives 5 % more bytes. */
    private const PNG_LEVEL = 3;
    private const QUALITY = 85;

    public function render(ImageOptions $options): string
    {
        $image = imagecreatetruecolor(max(1, $options->width), max(1, $options->height));
        if (false === $image) {
            throw new \RuntimeException('GD cannot create an image of this size.');
        }
        $this->background($image, $options);
        for ($circle = 0; $circle < self::CIRCLES; ++$circle) {
            $size = random_int(intdiv($options->width, 10), intdiv($options->width, 2) + 1);
            imagefilledellipse($image, random_int(0, $options->width), random_int(0, $options->height), $size, $size, $this->colour($image, random_int(40, 100)));
        }

        return $this->encode($image, $options->format);
    }

    private function background(\GdImage $image, ImageOptions $options): void
    {
        [$red, $green, $blue] = [random_int(0, 155), random_int(0, 155), random_int(0, 155)];
        for ($line = 0; $line < $options->height; ++$line) {
            $light = intdiv($line * 100, $options->height);
            imageline($image, 0, $line, $options->width, $line, ($red + $light) << 16 | ($green + $light) << 8 | ($blue + $light));
        }
    }

    private function colour(\GdImage $image, int $transparency): int
    {
        return (int) imagecolorallocatealpha($image, random_int(0, 255), random_int(0, 255), random_int(0, 255), max(0, min(127, $transparency)));
    }

    private function encode(\GdImage $image, ImageFormat $format): string
    {
        ob_start();
        $done = match ($format) {
            ImageFormat::Png => imagepng($image, null, self::PNG_LEVEL),
            ImageFormat::Jpeg => imagejpeg($image, null, self::QUALITY),
            ImageFormat::Webp => imagewebp($image, null, self::QUALITY),
        };
        $bytes = (string) ob_get_clean();
        if (!$done || '' === $bytes) {
            throw new \RuntimeException('GD cannot write '.$format->value.'.');
        }

        return $bytes;
    }
}
