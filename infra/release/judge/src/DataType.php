<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** The type of a column, as MySQL 8.4 and MariaDB both know it. */
final readonly class DataType
{
    private const INTEGERS = ['TINYINT', 'SMALLINT', 'MEDIUMINT', 'INT', 'INTEGER', 'BIGINT'];
    private const FRACTIONS = ['DECIMAL', 'NUMERIC', 'DEC', 'FIXED', 'FLOAT', 'DOUBLE', 'REAL'];
    private const TIMES = ['TIME', 'DATETIME', 'TIMESTAMP'];
    private const WITH_LENGTH = ['CHAR', 'VARCHAR', 'BINARY', 'VARBINARY', 'BIT', 'YEAR', ...self::INTEGERS, ...self::TIMES];
    private const LARGE = ['TINYTEXT', 'TEXT', 'MEDIUMTEXT', 'LONGTEXT', 'TINYBLOB', 'BLOB', 'MEDIUMBLOB', 'LONGBLOB', 'JSON'];
    private const SHAPES = ['GEOMETRY', 'POINT', 'LINESTRING', 'POLYGON', 'MULTIPOINT', 'MULTILINESTRING', 'MULTIPOLYGON', 'GEOMETRYCOLLECTION'];
    private const LISTS = ['ENUM', 'SET'];
    private const PLAIN = ['BOOL', 'BOOLEAN', 'DATE'];

    private function __construct(private string $name)
    {
    }

    public static function take(Tokens $tokens): self
    {
        $token = $tokens->take();
        $known = [...self::WITH_LENGTH, ...self::FRACTIONS, ...self::LARGE, ...self::SHAPES, ...self::LISTS, ...self::PLAIN];
        if (Token::WORD !== $token->kind || !in_array($token->text, $known, true)) {
            throw new Refusal(sprintf('"%s" is no type of a column that both MySQL 8.4 and MariaDB know', $token->written));
        }
        $type = new self($token->text);
        if ('DOUBLE' === $type->name) {
            $tokens->words('PRECISION');
        }
        $type->takeSize($tokens);
        if ($type->isOneOf(self::INTEGERS) || $type->isOneOf(self::FRACTIONS)) {
            while (null !== $tokens->oneOf('UNSIGNED', 'SIGNED', 'ZEROFILL')) {
                continue;
            }
        }

        return $type;
    }

    /** MySQL gives texts, blobs, JSON and shapes no literal default. */
    public function takesLiteralDefault(): bool
    {
        return !$this->isOneOf(self::LARGE) && !$this->isOneOf(self::SHAPES);
    }

    public function takesCurrentTimestamp(): bool
    {
        return in_array($this->name, ['DATETIME', 'TIMESTAMP'], true);
    }

    public function __toString(): string
    {
        return $this->name;
    }

    private function takeSize(Tokens $tokens): void
    {
        $sized = $this->isOneOf(self::WITH_LENGTH) || $this->isOneOf(self::FRACTIONS) || in_array($this->name, ['TEXT', 'BLOB'], true);
        if ($this->isOneOf(self::LISTS)) {
            $tokens->expectOperator('(');
            do {
                $tokens->expectString();
            } while ($tokens->operator(','));
            $tokens->expectOperator(')');
        } elseif ($sized && $tokens->operator('(')) {
            $tokens->expectNumber();
            if ($this->isOneOf(self::FRACTIONS) && $tokens->operator(',')) {
                $tokens->expectNumber();
            }
            $tokens->expectOperator(')');
        }
    }

    /** @param list<string> $names */
    private function isOneOf(array $names): bool
    {
        return in_array($this->name, $names, true);
    }
}
