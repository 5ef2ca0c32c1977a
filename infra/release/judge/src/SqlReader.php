<?php

declare(strict_types=1);

namespace Slipway\Judge;

use PhpMyAdmin\SqlParser\Context;
use PhpMyAdmin\SqlParser\Lexer;
use PhpMyAdmin\SqlParser\Token as LexerToken;
use PhpMyAdmin\SqlParser\TokensList;
use PhpMyAdmin\SqlParser\TokenType;

/**
 * Reads SQL with phpMyAdmin's lexer and parser. That lexer is lenient, so every piece it cuts is compared with what MySQL
 * takes for a piece of that kind: where they could differ about where a text or a comment ends, the statement is refused.
 */
final class SqlReader
{
    private const MAX_BYTES = 131_072;
    private const TRANSACTIONAL = ['INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'SELECT', 'WITH', 'SET', 'DO'];
    private const WORD = '/^[A-Za-z_$][A-Za-z0-9_$]*$/';
    private const COMPOSED = '/^[A-Za-z_]+(?:[ \t\r\n]+[A-Za-z_]+)*$/';
    private const NUMBER = '/^(?:-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|0x[0-9A-Fa-f]+|b\'[01]+\')$/';
    private const NAME = '/^`(?:[^`]|``)+`$/u';
    /** With backslashes as escapes and with NO_BACKSLASH_ESCAPES alike. */
    private const STRING = [
        '/^(?:\'(?:[^\'\\\\]|\'\'|\\\\.)*\'|"(?:[^"\\\\]|""|\\\\.)*")$/us',
        '/^(?:\'(?:[^\']|\'\')*\'|"(?:[^"]|"")*")$/u',
    ];
    private const LINE_COMMENT = '/^(?:#|--(?=[ \t\r\n]|$))[^\n]*\n?$/Du';
    private const BLOCK_COMMENT = '~^/\*(?![!+]|M!)(?:(?!\*/|/\*).)*\*/$~Dus';
    private const OPERATORS = ['(', ')', ',', '.', '=', '+', '-', '*', '/', '%', '<', '>', '<=', '>=', '<>', '!=', '<=>'];

    /** @param bool $lineComments whether a comment may go to the end of its line; not where the text has lost its lines */
    public function __construct(private readonly bool $lineComments = true)
    {
        Context::load('MySql80400');
    }

    /** @throws Refusal when the text is not plainly one statement */
    public function read(string $sql): SqlText
    {
        if (strlen($sql) > self::MAX_BYTES) {
            throw new Refusal(sprintf('it is longer than %d KB', self::MAX_BYTES / 1024));
        }
        if (!mb_check_encoding($sql, 'UTF-8') || 1 === preg_match('/[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]|\r(?!\n)/', $sql)) {
            throw new Refusal('it has bytes that are no UTF-8, or control characters');
        }
        $lexer = new Lexer($sql);
        if ([] !== $lexer->errors) {
            throw new Refusal('it cannot be read: '.rtrim($lexer->errors[0]->getMessage(), '.'));
        }
        $tokens = $this->tokens($sql, $lexer->list);
        while ([] !== $tokens && Token::SEPARATOR === end($tokens)->kind) {
            array_pop($tokens);
        }
        if ([] === $tokens) {
            throw new Refusal('it is empty');
        }
        foreach ($tokens as $token) {
            if (Token::SEPARATOR === $token->kind) {
                throw new Refusal('it is more than one statement in one text: use one call for each');
            }
        }

        return new SqlText(new Tokens($tokens), $lexer->list);
    }

    /**
     * For a contract migration, which may do anything: whether MySQL commits it by itself. In doubt it does.
     *
     * @throws Refusal when the text is more than one statement
     */
    public function changesSchema(string $sql): bool
    {
        $words = [];
        $ended = false;
        foreach ((new Lexer($sql))->list->tokens as $token) {
            if (in_array($token->type, [TokenType::Whitespace, TokenType::Comment], true) || '' === $token->token) {
                continue;
            }
            if (TokenType::Delimiter === $token->type) {
                $ended = true;
            } elseif ($ended && !self::isProgram($words)) {
                throw new Refusal('it is more than one statement in one text: use one call for each');
            } else {
                $words[] = strtoupper($token->token);
            }
        }

        return !in_array($words[0] ?? '', self::TRANSACTIONAL, true);
    }

    /** @param list<string> $words */
    private static function isProgram(array $words): bool
    {
        return 'CREATE' === $words[0] && [] !== array_intersect(array_slice($words, 1, 12), ['PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT']);
    }

    /** @return list<Token> */
    private function tokens(string $sql, TokensList $list): array
    {
        $characters = mb_str_split($sql);
        $cut = $list->tokens;
        $tokens = [];
        $end = 0;
        foreach ($cut as $i => $token) {
            $start = $token->position ?? 0;
            $last = $i === count($cut) - 1;
            if ($last && TokenType::Delimiter === $token->type && '' === $token->token) {
                break;
            }
            $until = isset($cut[$i + 1]) && $i + 1 < count($cut) - 1 ? $cut[$i + 1]->position ?? 0 : count($characters);
            if ($start !== $end || $until <= $start) {
                throw new Refusal('it cannot be read to its end');
            }
            $end = $until;
            array_push($tokens, ...$this->convert($token, implode('', array_slice($characters, $start, $until - $start))));
        }
        if ($end !== count($characters)) {
            throw new Refusal('it cannot be read to its end');
        }

        return $tokens;
    }

    /** @return list<Token> */
    private function convert(LexerToken $token, string $written): array
    {
        $matches = static fn (string $pattern): bool => 1 === preg_match($pattern.'D', $written);

        return match (true) {
            TokenType::Whitespace === $token->type && '' === trim($written, " \t\r\n") => [],
            TokenType::Comment === $token->type => $this->comment($written),
            TokenType::Delimiter === $token->type && ';' === $written => [new Token(Token::SEPARATOR, ';', ';')],
            TokenType::Keyword === $token->type && $matches(self::COMPOSED) => $this->keywords($token, $written),
            in_array($token->type, [TokenType::None, TokenType::Bool], true) && $matches(self::WORD) => [new Token(Token::WORD, strtoupper($written), $written, TokenType::Bool === $token->type)],
            TokenType::Symbol === $token->type && $matches(self::NAME) => [new Token(Token::NAME, str_replace('``', '`', substr($written, 1, -1)), $written)],
            TokenType::Symbol === $token->type && $matches('/^(?:\?|:[A-Za-z_][A-Za-z0-9_]*)$/') => [new Token(Token::PLACEHOLDER, $written, $written)],
            TokenType::String === $token->type && $matches(self::STRING[0]) && $matches(self::STRING[1]) => [new Token(Token::STRING, $written, $written)],
            TokenType::Number === $token->type && $matches(self::NUMBER) => [new Token(Token::NUMBER, $written, $written)],
            TokenType::Operator === $token->type && in_array($written, self::OPERATORS, true) => [new Token(Token::OPERATOR, $written, $written)],
            default => throw new Refusal(sprintf('nobody can be sure how MySQL reads %s', $written)),
        };
    }

    /** @return list<Token> none */
    private function comment(string $written): array
    {
        if (str_starts_with($written, '/*!') || str_starts_with($written, '/*M!') || str_starts_with($written, '/*+')) {
            throw new Refusal('it has a comment that MySQL executes (/*! … */)');
        }
        if (!$this->lineComments && 1 !== preg_match(self::BLOCK_COMMENT, $written)) {
            throw new Refusal('its comment goes to the end of the line, and what was printed has lost its lines');
        }
        if (1 !== preg_match(self::LINE_COMMENT, $written) && 1 !== preg_match(self::BLOCK_COMMENT, $written)) {
            throw new Refusal('nobody can be sure where its comment ends');
        }

        return [];
    }

    /**
     * The lexer takes some words that belong together for one, such as NOT NULL.
     *
     * @return list<Token>
     */
    private function keywords(LexerToken $token, string $written): array
    {
        $reserved = 0 !== ($token->flags & LexerToken::FLAG_KEYWORD_RESERVED);
        $words = preg_split('/\s+/', $written, -1, \PREG_SPLIT_NO_EMPTY);

        return array_map(static fn (string $word): Token => new Token(Token::WORD, strtoupper($word), $word, $reserved), false === $words ? [] : $words);
    }
}
