<?php

declare(strict_types=1);

namespace DoctrineMigrations;

use App\Database\Expand;
use Doctrine\DBAL\Schema\Schema;
use Doctrine\Migrations\AbstractMigration;

#[Expand]
final class Version20261124080000 extends AbstractMigration
{
    public function getDescription(): string
    {
        return 'The rows of all listed images.';
    }

    public function up(Schema $schema): void
    {
        $this->addSql(<<<'SQL'
            CREATE TABLE IF NOT EXISTS images (
                id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                content_type VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                width SMALLINT UNSIGNED NOT NULL,
                height SMALLINT UNSIGNED NOT NULL,
                bytes INT UNSIGNED NOT NULL,
                sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                created_at DATETIME(3) NOT NULL,
                PRIMARY KEY (id)
            )
            SQL);
    }

    public function isTransactional(): bool
    {
        return false;
    }
}
