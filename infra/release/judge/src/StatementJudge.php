<?php

declare(strict_types=1);

namespace Slipway\Judge;

use PhpMyAdmin\SqlParser\Statement;
use PhpMyAdmin\SqlParser\Statements\AlterStatement;
use PhpMyAdmin\SqlParser\Statements\CreateStatement;
use PhpMyAdmin\SqlParser\Statements\DeleteStatement;
use PhpMyAdmin\SqlParser\Statements\InsertStatement;
use PhpMyAdmin\SqlParser\Statements\UpdateStatement;

/** Whether a statement leaves the version that is live working: an allow-list, so that what nobody thought of is refused. */
final readonly class StatementJudge
{
    private const WRITES = ['INSERT', 'UPDATE', 'DELETE'];
    private const REASONS = [
        'DROP' => 'it takes away what the version that is live may use',
        'RENAME' => 'it renames what the version that is live knows by its old name',
        'TRUNCATE' => 'it deletes rows',
        'REPLACE' => 'it deletes rows that are there',
        'SELECT' => 'it changes nothing, and may lock or wait: read with the connection, not with addSql()',
        'SET' => 'it changes settings of the connection or of the server',
        'LOCK' => 'it locks tables that the version that is live uses',
        'PREPARE' => 'it runs SQL that nobody can judge before',
        'EXECUTE' => 'it runs SQL that nobody can judge before',
        'CALL' => 'it runs SQL that nobody can judge before',
        'GRANT' => 'it changes who may do what',
        'REVOKE' => 'it changes who may do what',
    ];

    public function __construct(private SqlReader $reader)
    {
    }

    /**
     * @return bool whether MySQL commits it by itself, so that it cannot be taken back
     *
     * @throws Refusal
     */
    public function judge(string $sql, MadeTables $tables): bool
    {
        $text = $this->reader->read($sql);
        $first = $text->tokens->take();
        $expected = $this->judgeTokens($first, $text->tokens, $tables);
        if (!$text->parse() instanceof $expected) {
            throw new Refusal('the parser takes it for another kind of statement');
        }

        return !in_array($first->text, self::WRITES, true);
    }

    /**
     * Reads the statement to its end.
     *
     * @return class-string<Statement> what the parser has to take it for
     */
    private function judgeTokens(Token $first, Tokens $tokens, MadeTables $tables): string
    {
        $word = Token::WORD === $first->kind ? $first->text : '';
        switch ($word) {
            case 'CREATE':
                $this->judgeCreate($tokens, $tables);

                return CreateStatement::class;
            case 'ALTER':
                $tokens->words('TABLE') ? AlterTable::take($tokens, $tables) : throw new Refusal(sprintf('ALTER %s is not on the allow-list', $tokens->peek()->written));

                return AlterStatement::class;
            case 'INSERT':
                Write::takeInsert($tokens, $tables);

                return InsertStatement::class;
            case 'UPDATE':
                Write::takeUpdate($tokens, $tables);

                return UpdateStatement::class;
            case 'DELETE':
                Write::takeDelete($tokens, $tables);

                return DeleteStatement::class;
            default:
                throw new Refusal(self::REASONS[$word] ?? sprintf('%s is not on the allow-list', '' === $word ? $first->written : $word));
        }
    }

    private function judgeCreate(Tokens $tokens, MadeTables $tables): void
    {
        if ($tokens->words('TABLE')) {
            CreateTable::take($tokens, $tables);

            return;
        }
        if (CreateIndex::take($tokens, $tables)) {
            return;
        }
        $what = $tokens->peek()->written;
        throw new Refusal($tokens->ahead('OR', 'REPLACE') ? 'it replaces what is there, and MySQL 8.4 has no CREATE OR REPLACE TABLE' : "CREATE $what is not on the allow-list");
    }
}
