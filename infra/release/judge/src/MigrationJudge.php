<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** Judges the statements of one migration, in their order. */
final readonly class MigrationJudge
{
    private const SHOWN_CHARACTERS = 240;
    private const ONE_CHANGE = 'MySQL commits every change of the schema by itself, so a migration that fails between two of them can neither go on nor be repeated: one change for each migration';

    public function __construct(private StatementJudge $statements, private SqlReader $reader)
    {
    }

    /**
     * @param list<string> $statements
     *
     * @return array{statement: string, position: int, rule: string, reason: string}|null the first statement that is refused
     */
    public function expand(array $statements, bool $oneChange = true): ?array
    {
        $tables = new MadeTables();

        return $this->first($statements, $oneChange, fn (string $sql): bool => $this->statements->judge($sql, $tables));
    }

    /**
     * A contract migration may do anything, but not leave a half behind that cannot be told.
     *
     * @param list<string> $statements
     *
     * @return array{statement: string, position: int, rule: string, reason: string}|null
     */
    public function contract(array $statements, bool $oneChange = true): ?array
    {
        return $this->first($statements, $oneChange, $this->reader->changesSchema(...));
    }

    /**
     * @param list<string>           $statements
     * @param callable(string): bool $judge      whether it changes the schema; throws a Refusal
     *
     * @return array{statement: string, position: int, rule: string, reason: string}|null
     */
    private function first(array $statements, bool $oneChange, callable $judge): ?array
    {
        $changes = 0;
        foreach ($statements as $i => $sql) {
            try {
                $changes += $judge($sql) ? 1 : 0;
                if ($oneChange && $changes > 1) {
                    throw new Refusal(self::ONE_CHANGE, Refusal::ONE_CHANGE);
                }
            } catch (Refusal $refusal) {
                return ['statement' => self::shown($sql), 'position' => $i + 1, 'rule' => $refusal->rule, 'reason' => self::shown($refusal->getMessage())];
            }
        }

        return null;
    }

    /** On one line, without what a terminal would obey. */
    private static function shown(string $text): string
    {
        $line = trim((string) preg_replace('/\s+/u', ' ', mb_scrub($text, 'UTF-8')));
        $plain = (string) preg_replace_callback('/[\p{Cc}\p{Cf}]/u', static fn (array $found): string => sprintf('\u{%X}', mb_ord($found[0])), $line);

        return mb_strlen($plain) > self::SHOWN_CHARACTERS ? mb_substr($plain, 0, self::SHOWN_CHARACTERS).'…' : $plain;
    }
}
