<?php

declare(strict_types=1);

namespace App\Image;

use App\Media\MediaName;

/** A row of the table images. */
final readonly class ImageRow
{
    private const MAX_PIXELS = 2000;
    private const MAX_BYTES = 100_000_000;

    public function __construct(
        /** ULID, so that ids sort by creation time. */
        public string $id,
        public string $name,
        public string $contentType,
        public int $width,
        public int $height,
        public int $bytes,
        /** 64 hex digits. */
        public string $sha256,
        public \DateTimeImmutable $createdAt,
    ) {
    }

    /** @return array<string, int|string> */
    public function describe(): array
    {
        return [
            'name' => $this->name,
            'url' => '/media/'.$this->name,
            'contentType' => $this->contentType,
            'width' => $this->width,
            'height' => $this->height,
            'bytes' => $this->bytes,
            'sha256' => $this->sha256,
            'createdAt' => self::time($this->createdAt),
        ];
    }

    public function toJson(): string
    {
        return json_encode([
            'id' => $this->id,
            'name' => $this->name,
            'contentType' => $this->contentType,
            'width' => $this->width,
            'height' => $this->height,
            'bytes' => $this->bytes,
            'sha256' => $this->sha256,
            'createdAt' => self::time($this->createdAt),
        ], \JSON_THROW_ON_ERROR);
    }

    /** @throws \UnexpectedValueException when the text was not made by toJson */
    public static function fromJson(string $json): self
    {
        try {
            $row = json_decode($json, true, 8, \JSON_THROW_ON_ERROR);
            if (!is_array($row)) {
                throw new \UnexpectedValueException('not a JSON object');
            }

            return self::fromRow($row)->validated();
        } catch (\Exception|\TypeError $failure) {
            // DateTimeImmutable throws a plain \Exception before PHP 8.3.
            throw new \UnexpectedValueException($failure->getMessage(), 0, $failure);
        }
    }

    /** @param array<mixed> $row */
    public static function fromRow(array $row): self
    {
        return new self(
            self::text($row, 'id'),
            self::text($row, 'name'),
            self::text($row, 'contentType'),
            (int) self::text($row, 'width'),
            (int) self::text($row, 'height'),
            (int) self::text($row, 'bytes'),
            self::text($row, 'sha256'),
            new \DateTimeImmutable(self::text($row, 'createdAt'), new \DateTimeZone('UTC')),
        );
    }

    public static function time(\DateTimeImmutable $time): string
    {
        return $time->setTimezone(new \DateTimeZone('UTC'))->format('Y-m-d\TH:i:s.v\Z');
    }

    /**
     * Whoever can write into the journal could otherwise list any name.
     *
     * @throws \UnexpectedValueException
     */
    private function validated(): self
    {
        $problem = match (true) {
            1 !== preg_match('/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/D', $this->id) => 'id is not a ULID',
            !str_starts_with($this->name, $this->id.'.') || MediaName::parse($this->name)?->ownType() !== $this->contentType => 'name is not that of a generated image with this id and type',
            min($this->width, $this->height) < 1 || max($this->width, $this->height) > self::MAX_PIXELS => 'width or height is out of range',
            $this->bytes < 1 || $this->bytes > self::MAX_BYTES => 'bytes is out of range',
            1 !== preg_match('/^[0-9a-f]{64}$/D', $this->sha256) => 'sha256 is not 64 hex digits',
            default => null,
        };

        return null === $problem ? $this : throw new \UnexpectedValueException($problem);
    }

    /** @param array<mixed> $row */
    private static function text(array $row, string $member): string
    {
        $value = $row[$member] ?? null;

        return is_string($value) || is_int($value) ? (string) $value : throw new \UnexpectedValueException($member.' is missing');
    }
}
