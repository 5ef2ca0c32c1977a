<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** CREATE TABLE name (columns and keys) options: nothing in it can concern the version that is live. */
final readonly class CreateTable
{
    /** Takes what follows CREATE TABLE. */
    public static function take(Tokens $tokens, MadeTables $tables): void
    {
        $maybeThere = $tokens->words('IF', 'NOT', 'EXISTS');
        $name = $tokens->expectTable();
        if ($tokens->ahead('LIKE') || $tokens->ahead('AS') || $tokens->ahead('SELECT')) {
            throw new Refusal('it copies another table: write the columns out');
        }
        $tokens->expectOperator('(');
        do {
            if (!Key::take($tokens, $name, true, $tables)) {
                if ($tokens->ahead('LIKE')) {
                    throw new Refusal('it copies another table: write the columns out');
                }
                Column::take($tokens, true);
            }
        } while ($tokens->operator(','));
        $tokens->expectOperator(')');
        self::takeOptions($tokens);
        // With IF NOT EXISTS it may be somebody else's, with rows in it.
        if (!$maybeThere) {
            $tables->add($name);
        }
    }

    /** Takes all up to the end of the statement. */
    private static function takeOptions(Tokens $tokens): void
    {
        while (Token::END !== $tokens->peek()->kind) {
            $isDefault = $tokens->words('DEFAULT');
            match (true) {
                $tokens->words('CHARACTER', 'SET'), $tokens->words('CHARSET') => self::takeCharacterSet($tokens),
                $tokens->words('COLLATE') => self::takeCollation($tokens),
                $isDefault => throw $tokens->unexpected('CHARACTER SET or COLLATE'),
                $tokens->words('ENGINE') => self::takeEngine($tokens),
                $tokens->words('COMMENT') => self::takeComment($tokens),
                $tokens->words('AUTO_INCREMENT') => self::takeAutoIncrement($tokens),
                $tokens->words('ROW_FORMAT') => self::takeRowFormat($tokens),
                default => throw new Refusal(sprintf('the option %s of a table is not on the allow-list', $tokens->peek()->written)),
            };
            $tokens->operator(',');
        }
    }

    private static function takeCharacterSet(Tokens $tokens): void
    {
        $tokens->operator('=');
        CharacterSets::takeSet($tokens);
    }

    private static function takeCollation(Tokens $tokens): void
    {
        $tokens->operator('=');
        CharacterSets::takeCollation($tokens);
    }

    private static function takeEngine(Tokens $tokens): void
    {
        $tokens->operator('=');
        $engine = Token::STRING === $tokens->peek()->kind ? substr($tokens->expectString(), 1, -1) : $tokens->expectName();
        if ('innodb' !== strtolower($engine)) {
            throw new Refusal("the engine $engine keeps no data through a crash, or is not on Azure: InnoDB alone is");
        }
    }

    private static function takeComment(Tokens $tokens): void
    {
        $tokens->operator('=');
        $tokens->expectString();
    }

    private static function takeAutoIncrement(Tokens $tokens): void
    {
        $tokens->operator('=');
        $tokens->expectNumber();
    }

    private static function takeRowFormat(Tokens $tokens): void
    {
        $tokens->operator('=');
        if (null === $tokens->oneOf('DYNAMIC', 'DEFAULT')) {
            throw $tokens->unexpected('DYNAMIC');
        }
    }
}
