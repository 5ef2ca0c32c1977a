<?php

declare(strict_types=1);

namespace App\Image;

/** A row of the table images. */
final readonly class ImageRow
{
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

            return self::fromRow($row);
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

    /** @param array<mixed> $row */
    private static function text(array $row, string $member): string
    {
        $value = $row[$member] ?? null;

        return is_string($value) || is_int($value) ? (string) $value : throw new \UnexpectedValueException($member.' is missing');
    }
}
