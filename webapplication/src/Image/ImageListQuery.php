<?php

declare(strict_types=1);

namespace App\Image;

use App\Http\ProblemException;

/** Limit and cursor of a request for the list of images. */
final readonly class ImageListQuery
{
    private const DEFAULT_LIMIT = 20;
    private const MAX_LIMIT = 100;

    public function __construct(
        public int $limit = self::DEFAULT_LIMIT,
        /** Id of the last row of the previous page, or null for the first page. */
        public ?string $before = null,
    ) {
    }

    /**
     * @param array<mixed> $query
     *
     * @throws ProblemException 422
     */
    public static function fromQuery(array $query): self
    {
        if ([] !== array_diff(array_map(strval(...), array_keys($query)), ['limit', 'cursor'])) {
            throw new ProblemException(422, 'Unknown option; the options are limit and cursor.');
        }
        $limit = $query['limit'] ?? (string) self::DEFAULT_LIMIT;
        if (!is_string($limit) || 1 !== preg_match('/^[1-9]\d{0,2}$/D', $limit) || (int) $limit > self::MAX_LIMIT) {
            throw new ProblemException(422, 'limit must be a whole number from 1 to '.self::MAX_LIMIT.'.');
        }
        $cursor = $query['cursor'] ?? null;
        if (null !== $cursor && (!is_string($cursor) || 1 !== preg_match('/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/D', $cursor))) {
            throw new ProblemException(422, 'cursor must be the nextCursor of an earlier answer.');
        }

        return new self((int) $limit, $cursor);
    }

    public static function cursorAfter(ImageRow $last): string
    {
        return $last->id;
    }
}
