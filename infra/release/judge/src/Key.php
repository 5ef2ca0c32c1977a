<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** Indexes and constraints of a table. */
final readonly class Key
{
    /**
     * Takes one, if one comes next.
     *
     * @param string $table the table it belongs to
     * @param bool   $made  the table is one that this migration made: it may have any
     *
     * @phpstan-impure
     */
    public static function take(Tokens $tokens, string $table, bool $made, MadeTables $tables): bool
    {
        if ($tokens->words('INDEX') || $tokens->words('KEY')) {
            self::takeIndex($tokens);

            return true;
        }
        foreach (['UNIQUE', 'PRIMARY', 'FULLTEXT', 'SPATIAL', 'CONSTRAINT', 'CHECK', 'FOREIGN'] as $kind) {
            if ($tokens->ahead($kind)) {
                $made ? self::takeConstraint($tokens, $table, $tables) : throw self::tightens($kind);

                return true;
            }
        }

        return false;
    }

    public static function tightens(string $kind): Refusal
    {
        return new Refusal(match ($kind) {
            'FULLTEXT', 'SPATIAL' => "a $kind index of a table that is in use locks it against writes while it is built",
            'FOREIGN' => 'a foreign key of a table that is in use locks two tables and refuses writes of the version that is live',
            default => "$kind in a table that is in use refuses writes of the version that is live",
        });
    }

    /** Columns in parentheses, with lengths and directions. */
    public static function takeColumns(Tokens $tokens): void
    {
        $tokens->expectOperator('(');
        do {
            if ($tokens->operatorAhead('(')) {
                throw new Refusal('MariaDB, which stands for MySQL in the local region, has no index over an expression');
            }
            $tokens->expectName();
            if ($tokens->operator('(')) {
                $tokens->expectNumber();
                $tokens->expectOperator(')');
            }
            $tokens->oneOf('ASC', 'DESC');
        } while ($tokens->operator(','));
        $tokens->expectOperator(')');
    }

    public static function takeIndexOptions(Tokens $tokens): void
    {
        while (true) {
            if ($tokens->words('COMMENT')) {
                $tokens->expectString();
            } elseif (!$tokens->words('USING', 'BTREE')) {
                return;
            }
        }
    }

    public static function takeCheck(Tokens $tokens): void
    {
        if ($tokens->words('CONSTRAINT') && !$tokens->ahead('CHECK')) {
            $tokens->expectName();
        }
        $tokens->expectWords('CHECK');
        Expression::takeInParentheses($tokens);
    }

    private static function takeIndex(Tokens $tokens): void
    {
        if (!$tokens->operatorAhead('(')) {
            if ($tokens->ahead('IF')) {
                throw new Refusal('MySQL 8.4 has no IF NOT EXISTS here, only MariaDB has');
            }
            $usingFirst = $tokens->words('USING', 'BTREE');
            if (!$usingFirst) {
                $tokens->expectName();
                $tokens->words('USING', 'BTREE');
            }
        }
        self::takeColumns($tokens);
        self::takeIndexOptions($tokens);
    }

    private static function takeConstraint(Tokens $tokens, string $table, MadeTables $tables): void
    {
        if ($tokens->words('CONSTRAINT') && null === self::constraintAhead($tokens)) {
            $tokens->expectName();
        }
        if ($tokens->ahead('CHECK')) {
            throw new Refusal('the parser knows CHECK beside a column only: write it there');
        }
        if ($tokens->words('FOREIGN', 'KEY')) {
            self::takeForeignKey($tokens, $table, $tables);

            return;
        }
        if ($tokens->words('PRIMARY', 'KEY')) {
            $tokens->words('USING', 'BTREE');
            self::takeColumns($tokens);
            self::takeIndexOptions($tokens);

            return;
        }
        if (null === $tokens->oneOf('UNIQUE', 'FULLTEXT', 'SPATIAL')) {
            throw $tokens->unexpected('PRIMARY KEY, UNIQUE or FOREIGN KEY');
        }
        $tokens->oneOf('INDEX', 'KEY');
        self::takeIndex($tokens);
    }

    private static function constraintAhead(Tokens $tokens): ?string
    {
        foreach (['PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN'] as $kind) {
            if ($tokens->ahead($kind)) {
                return $kind;
            }
        }

        return null;
    }

    private static function takeForeignKey(Tokens $tokens, string $table, MadeTables $tables): void
    {
        if (!$tokens->operatorAhead('(')) {
            $tokens->expectName();
        }
        self::takeColumns($tokens);
        $tokens->expectWords('REFERENCES');
        $parent = $tokens->expectTable();
        if ($parent !== $table && !$tables->has($parent)) {
            throw new Refusal("a foreign key onto $parent, which is in use, locks it and refuses deletions of the version that is live");
        }
        self::takeColumns($tokens);
        while ($tokens->words('ON')) {
            if (null === $tokens->oneOf('DELETE', 'UPDATE')) {
                throw $tokens->unexpected('DELETE or UPDATE');
            }
            $known = $tokens->words('NO', 'ACTION') || $tokens->words('SET', 'NULL') || null !== $tokens->oneOf('RESTRICT', 'CASCADE');
            if (!$known) {
                throw $tokens->unexpected('RESTRICT, CASCADE, SET NULL or NO ACTION');
            }
        }
    }
}
