<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** CREATE [UNIQUE] INDEX name ON table (columns). */
final readonly class CreateIndex
{
    /** Takes what follows CREATE, if it is an index. */
    public static function take(Tokens $tokens, MadeTables $tables): bool
    {
        $kind = $tokens->ahead('INDEX') ? null : $tokens->oneOf('UNIQUE', 'FULLTEXT', 'SPATIAL');
        if (!$tokens->words('INDEX')) {
            return null === $kind ? false : throw $tokens->unexpected('INDEX');
        }
        if ($tokens->ahead('IF')) {
            throw new Refusal('MySQL 8.4 has no CREATE INDEX IF NOT EXISTS, only MariaDB has');
        }
        $tokens->expectName();
        $tokens->words('USING', 'BTREE');
        $tokens->expectWords('ON');
        $table = $tokens->expectTable();
        if (null !== $kind && !$tables->has($table)) {
            throw Key::tightens($kind);
        }
        Key::takeColumns($tokens);
        Key::takeIndexOptions($tokens);
        while (OnlineOption::take($tokens)) {
            continue;
        }
        $tokens->expectEnd();

        return true;
    }
}
