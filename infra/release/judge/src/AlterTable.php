<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** ALTER TABLE name ADD …, ADD …: columns that old code need not fill, and plain indexes. */
final readonly class AlterTable
{
    private const TAKES_AWAY = [
        'DROP' => 'it takes away what the version that is live may read or write',
        'RENAME' => 'it renames what the version that is live knows by its old name',
        'CHANGE' => 'it changes a column that the version that is live uses',
        'MODIFY' => 'it changes a column that the version that is live uses',
        'ALTER' => 'it changes a default or an index that the version that is live may rely on',
        'CONVERT' => 'it writes every row of the table anew, in another character set',
        'ENGINE' => 'it writes every row of the table anew, in another engine',
    ];

    /** Takes what follows ALTER TABLE. */
    public static function take(Tokens $tokens, MadeTables $tables): void
    {
        $name = $tokens->expectTable();
        do {
            if (!OnlineOption::take($tokens)) {
                self::takeAddition($tokens, $name, $tables);
            }
        } while ($tokens->operator(','));
        $tokens->expectEnd();
    }

    private static function takeAddition(Tokens $tokens, string $table, MadeTables $tables): void
    {
        if (!$tokens->words('ADD')) {
            $word = $tokens->peek();
            throw new Refusal(self::TAKES_AWAY[$word->text] ?? sprintf('ALTER TABLE … %s is not on the allow-list', $word->written));
        }
        $made = $tables->has($table);
        if (!$tokens->words('COLUMN') && Key::take($tokens, $table, $made, $tables)) {
            return;
        }
        if ($tokens->ahead('IF')) {
            throw new Refusal('MySQL 8.4 has no ADD COLUMN IF NOT EXISTS, only MariaDB has');
        }
        if ($tokens->operator('(')) {
            do {
                Column::take($tokens, $made);
            } while ($tokens->operator(','));
            $tokens->expectOperator(')');

            return;
        }
        Column::take($tokens, $made);
        if (!$tokens->words('FIRST') && $tokens->words('AFTER')) {
            $tokens->expectName();
        }
    }
}
