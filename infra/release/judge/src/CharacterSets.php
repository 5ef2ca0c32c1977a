<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** Character sets and collations that MySQL 8.4 (Azure) and MariaDB 10.11 (the local region) both know. */
final readonly class CharacterSets
{
    private const SETS = ['utf8mb4', 'utf8mb3', 'ascii', 'latin1', 'binary'];
    private const COLLATION = '/^(?:binary|ascii_(?:bin|general_ci)|latin1_(?:bin|general_ci|general_cs|swedish_ci|german1_ci|german2_ci|danish_ci|spanish_ci)'
        .'|utf8mb[34]_(?:bin|(?:general|unicode|unicode_520|croatian|czech|danish|esperanto|estonian|german2|hungarian|icelandic|latvian|lithuanian|persian|polish|roman|romanian|sinhala|slovak|slovenian|spanish|spanish2|swedish|turkish|vietnamese)_ci))$/D';

    /** Takes a name after CHARACTER SET. */
    public static function takeSet(Tokens $tokens): void
    {
        $name = self::name($tokens);
        if (!in_array($name, self::SETS, true)) {
            throw new Refusal("MySQL 8.4 and MariaDB have to know the character set, and $name is not one of ".implode(', ', self::SETS));
        }
    }

    /** Takes a name after COLLATE. */
    public static function takeCollation(Tokens $tokens): void
    {
        $name = self::name($tokens);
        if (1 === preg_match(self::COLLATION, $name)) {
            return;
        }
        throw new Refusal(str_contains($name, '_0900_') ? "MariaDB, which stands for MySQL in the local region, does not know the collation $name: leave it out, since the database has utf8mb4_0900_ai_ci by default (its counterpart locally), or name utf8mb4_unicode_ci" : "MySQL 8.4 and MariaDB have to know the collation, and $name is not on the list");
    }

    /** Both a name and a text in quotes will do. */
    private static function name(Tokens $tokens): string
    {
        $name = Token::STRING === $tokens->peek()->kind ? substr($tokens->expectString(), 1, -1) : self::word($tokens);

        return strtolower($name);
    }

    private static function word(Tokens $tokens): string
    {
        // BINARY is a reserved word and a character set.
        return $tokens->oneOf('BINARY') ?? $tokens->expectName();
    }
}
