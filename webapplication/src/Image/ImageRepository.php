<?php

declare(strict_types=1);

namespace App\Image;

use App\Database\Database;
use App\Database\DatabaseUnavailableException;
use App\Database\DataRejectedException;
use Doctrine\DBAL\Connection;

/** The table images: one row per listed image. */
final readonly class ImageRepository
{
    public function __construct(private Database $database)
    {
    }

    /**
     * Adding an existing row changes nothing.
     *
     * @throws DatabaseUnavailableException
     * @throws DataRejectedException
     */
    public function add(ImageRow $row): void
    {
        $this->database->run('INSERT images', static fn (Connection $connection): int|string => $connection->executeStatement(
            'INSERT INTO images (id, name, content_type, width, height, bytes, sha256, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'
            .' ON DUPLICATE KEY UPDATE id = id',
            [
                $row->id, $row->name, $row->contentType, $row->width, $row->height, $row->bytes, $row->sha256,
                $row->createdAt->format('Y-m-d H:i:s.v'),
            ],
        ));
    }

    /**
     * @param string|null $before only rows older than the one with this id
     *
     * @return list<ImageRow> newest first
     *
     * @throws DatabaseUnavailableException
     */
    public function newest(int $limit, ?string $before): array
    {
        return $this->database->run('SELECT images', static function (Connection $connection) use ($limit, $before): array {
            $rows = $connection->fetchAllAssociative(
                'SELECT id, name, content_type AS contentType, width, height, bytes, sha256, created_at AS createdAt FROM images'
                .(null === $before ? '' : ' WHERE id < :before').' ORDER BY id DESC LIMIT '.$limit,
                null === $before ? [] : ['before' => $before],
            );

            return array_map(ImageRow::fromRow(...), $rows);
        });
    }
}
