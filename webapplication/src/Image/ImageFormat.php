<?php

declare(strict_types=1);

namespace App\Image;

enum ImageFormat: string
{
    case Png = 'png';
    case Jpeg = 'jpeg';
    case Webp = 'webp';

    public function extension(): string
    {
        return self::Jpeg === $this ? 'jpg' : $this->value;
    }

    public function contentType(): string
    {
        return 'image/'.$this->value;
    }
}
