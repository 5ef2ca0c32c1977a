<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** The definition of a column behind its name. */
final class Column
{
    /** @var array<string, true> */
    private array $said = [];
    private ?DefaultValue $default = null;

    private function __construct(private readonly string $name, private readonly DataType $type, private readonly bool $made)
    {
    }

    /** @param bool $made the table is one that this migration made */
    public static function take(Tokens $tokens, bool $made): void
    {
        $column = new self($tokens->expectName(), DataType::take($tokens), $made);
        while ($column->takeAttribute($tokens)) {
            continue;
        }
        $column->judge();
    }

    /** @phpstan-impure */
    private function takeAttribute(Tokens $tokens): bool
    {
        return match (true) {
            $tokens->words('NOT', 'NULL') => $this->say('NOT NULL'),
            $tokens->words('NULL') => $this->say('NULL'),
            $tokens->words('DEFAULT') => $this->takeDefault($tokens),
            $tokens->words('ON', 'UPDATE') => $this->takeOnUpdate($tokens),
            $tokens->words('COMMENT') => $this->say('COMMENT', $tokens->expectString(...)),
            $tokens->words('CHARACTER', 'SET'), $tokens->words('CHARSET') => $this->say('CHARACTER SET', static fn () => CharacterSets::takeSet($tokens)),
            $tokens->words('COLLATE') => $this->say('COLLATE', static fn () => CharacterSets::takeCollation($tokens)),
            default => $this->takeTightening($tokens),
        };
    }

    /**
     * What refuses or computes values: in a table that is in use it breaks writes of the version that is live.
     *
     * @phpstan-impure
     */
    private function takeTightening(Tokens $tokens): bool
    {
        $what = match (true) {
            $tokens->words('AUTO_INCREMENT') => 'AUTO_INCREMENT',
            $tokens->words('PRIMARY', 'KEY'), $tokens->words('PRIMARY'), $tokens->words('KEY') => 'PRIMARY KEY',
            $tokens->words('UNIQUE', 'KEY'), $tokens->words('UNIQUE') => 'UNIQUE',
            $tokens->ahead('CONSTRAINT'), $tokens->ahead('CHECK') => 'CHECK',
            $tokens->words('GENERATED', 'ALWAYS', 'AS'), $tokens->words('AS') => 'GENERATED',
            $tokens->ahead('REFERENCES') => throw new Refusal('MySQL ignores REFERENCES beside a column, MariaDB does not: write FOREIGN KEY'),
            default => null,
        };
        if (null === $what) {
            return false;
        }
        if (!$this->made) {
            throw new Refusal("column {$this->name} is $what, which is not safe in a table that is in use");
        }

        return $this->say($what, match ($what) {
            'CHECK' => static fn () => Key::takeCheck($tokens),
            'GENERATED' => static fn () => self::takeGenerated($tokens),
            default => null,
        });
    }

    private static function takeGenerated(Tokens $tokens): void
    {
        Expression::takeInParentheses($tokens);
        $tokens->oneOf('STORED', 'VIRTUAL');
    }

    private function takeDefault(Tokens $tokens): bool
    {
        return $this->say('DEFAULT', function () use ($tokens): void {
            $this->default = DefaultValue::take($tokens, $this->type, $this->made);
        });
    }

    private function takeOnUpdate(Tokens $tokens): bool
    {
        if (!DefaultValue::takeNow($tokens) || !$this->type->takesCurrentTimestamp()) {
            throw new Refusal('ON UPDATE takes CURRENT_TIMESTAMP alone, and of a DATETIME or TIMESTAMP');
        }

        return $this->say('ON UPDATE');
    }

    /** @param (callable(): mixed)|null $take the rest of it */
    private function say(string $what, ?callable $take = null): bool
    {
        if (isset($this->said[$what])) {
            throw new Refusal("column {$this->name} says $what twice");
        }
        $this->said[$what] = true;
        if (null !== $take) {
            $take();
        }

        return true;
    }

    private function judge(): void
    {
        $notNull = isset($this->said['NOT NULL']);
        if ($notNull && (isset($this->said['NULL']) || true === $this->default?->isNull)) {
            throw new Refusal("column {$this->name} is both NULL and NOT NULL");
        }
        if ($notNull && !$this->made && null === $this->default) {
            throw new Refusal("column {$this->name} is NOT NULL without a default, and the version that is live does not fill it: make it nullable or give it a default");
        }
    }
}
