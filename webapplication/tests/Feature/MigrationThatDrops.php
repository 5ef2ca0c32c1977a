<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use Doctrine\DBAL\Schema\Schema;
use Doctrine\Migrations\AbstractMigration;

/** A migration may inherit what it does. */
abstract class MigrationThatDrops extends AbstractMigration
{
    public function up(Schema $schema): void
    {
        $this->addSql('ALTER TABLE images DROP height');
    }
}
