<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** INSERT, UPDATE and DELETE, of tables that this migration made. */
final readonly class Write
{
    /** Takes what follows INSERT. */
    public static function takeInsert(Tokens $tokens, MadeTables $tables): void
    {
        $tokens->words('INTO');
        self::requireMade($tokens->expectTable(), $tables);
        if ($tokens->operator('(')) {
            do {
                $tokens->expectName();
            } while ($tokens->operator(','));
            $tokens->expectOperator(')');
        }
        if (null === $tokens->oneOf('VALUES', 'VALUE')) {
            throw new Refusal('it inserts something else than values: reading another table locks its rows against writes');
        }
        do {
            self::takeRow($tokens);
        } while ($tokens->operator(','));
        $tokens->expectEnd();
    }

    /** Takes what follows UPDATE. */
    public static function takeUpdate(Tokens $tokens, MadeTables $tables): void
    {
        self::requireMade($tokens->expectTable(), $tables);
        $tokens->expectWords('SET');
        do {
            $tokens->expectName();
            $tokens->expectOperator('=');
            Expression::take($tokens, 'WHERE');
        } while ($tokens->operator(','));
        self::takeWhere($tokens);
    }

    /** Takes what follows DELETE. */
    public static function takeDelete(Tokens $tokens, MadeTables $tables): void
    {
        if (!$tokens->words('FROM')) {
            throw new Refusal('it deletes rows of more than one table, or of one that is in use');
        }
        self::requireMade($tokens->expectTable(), $tables);
        self::takeWhere($tokens);
    }

    private static function takeRow(Tokens $tokens): void
    {
        $tokens->expectOperator('(');
        do {
            if (!$tokens->words('DEFAULT')) {
                Expression::take($tokens);
            }
        } while ($tokens->operator(','));
        $tokens->expectOperator(')');
    }

    private static function takeWhere(Tokens $tokens): void
    {
        if ($tokens->words('WHERE')) {
            Expression::take($tokens);
        }
        $tokens->expectEnd();
    }

    private static function requireMade(string $table, MadeTables $tables): void
    {
        if (!$tables->has($table)) {
            throw new Refusal("it writes to $table, which this migration did not make by CREATE TABLE (without IF NOT EXISTS)");
        }
    }
}
