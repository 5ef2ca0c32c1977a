<?php

declare(strict_types=1);

namespace App\Image;

use App\Http\ProblemException;

/** Format and size of an image to generate. */
final readonly class ImageOptions
{
    private const MIN_PIXELS = 16;
    private const MAX_PIXELS = 2000;

    public function __construct(
        public ImageFormat $format = ImageFormat::Png,
        public int $width = 500,
        public int $height = 500,
    ) {
    }

    /**
     * @param array<mixed> $query
     *
     * @throws ProblemException 422 for an option that is unknown or out of its range
     */
    public static function fromQuery(array $query): self
    {
        $unknown = array_diff(array_map(strval(...), array_keys($query)), ['format', 'width', 'height']);
        if ([] !== $unknown) {
            throw new ProblemException(422, 'Unknown option; the options are format, width and height.');
        }
        $format = $query['format'] ?? ImageFormat::Png->value;

        return new self(
            (is_string($format) ? ImageFormat::tryFrom($format) : null) ?? throw new ProblemException(422, 'format must be png, jpeg or webp.'),
            self::pixels('width', $query['width'] ?? '500'),
            self::pixels('height', $query['height'] ?? '500'),
        );
    }

    private static function pixels(string $option, mixed $value): int
    {
        if (!is_string($value) || 1 !== preg_match('/^[1-9]\d{1,3}$/D', $value) || (int) $value < self::MIN_PIXELS || (int) $value > self::MAX_PIXELS) {
            throw new ProblemException(422, sprintf('%s must be a whole number of pixels from %d to %d.', $option, self::MIN_PIXELS, self::MAX_PIXELS));
        }

        return (int) $value;
    }
}
