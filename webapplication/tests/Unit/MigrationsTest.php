<?php

declare(strict_types=1);

namespace App\Tests\Unit;

use App\Database\ConnectionFactory;
use App\Database\Contract;
use App\Database\Expand;
use App\Database\MigrationKind;
use App\Database\Migrations;
use App\Database\Schema;
use App\Settings;
use PHPUnit\Framework\Attributes\Test;
use PHPUnit\Framework\TestCase;

final class MigrationsTest extends TestCase
{
    #[Test]
    public function every_migration_says_whether_it_expands_or_contracts(): void
    {
        $migrations = new Migrations(dirname(__DIR__, 2).'/migrations', new ConnectionFactory(Settings::fromEnvironment()));

        self::assertNotSame([], $migrations->versions());
        self::assertEqualsCanonicalizing($migrations->versions(), [...$migrations->ofKind(MigrationKind::Expand), ...$migrations->ofKind(MigrationKind::Contract)]);
    }

    #[Test]
    public function a_migration_that_says_neither_or_both_is_refused(): void
    {
        $neither = new class {};
        $both = new #[Expand] #[Contract] class {};
        foreach ([$neither, $both] as $migration) {
            try {
                MigrationKind::of($migration::class);
                self::fail('not refused');
            } catch (\LogicException $failure) {
                self::assertStringContainsString('needs exactly one', $failure->getMessage());
            }
        }
    }

    #[Test]
    public function a_schema_suits_code_whose_migrations_are_there_and_from_which_nothing_newer_took_away(): void
    {
        self::assertNull((new Schema(['20260101000000', '20270101000000'], []))->problem(['20260101000000'], '20260101000000'));
        self::assertNull((new Schema(['20260101000000', '20260201000000'], ['20260201000000']))->problem(['20260101000000'], '20260201000000'));
        self::assertNotNull((new Schema([], []))->problem(['20260101000000'], '20260101000000'));
        self::assertNotNull((new Schema(['20260101000000', '20270101000000'], ['20270101000000']))->problem(['20260101000000'], '20260101000000'));
        self::assertSame('0', (new Schema([], []))->version());
    }
}
