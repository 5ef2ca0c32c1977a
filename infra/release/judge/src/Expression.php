<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** An expression of literals, placeholders, columns and well-known functions: no query, no variable, no stored function. */
final readonly class Expression
{
    private const FUNCTIONS = [
        'ABS', 'CEIL', 'CEILING', 'CHAR_LENGTH', 'COALESCE', 'CONCAT', 'CONCAT_WS', 'CURDATE', 'CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_TIMESTAMP',
        'DATE', 'FLOOR', 'GREATEST', 'IF', 'IFNULL', 'JSON_ARRAY', 'JSON_EXTRACT', 'JSON_OBJECT', 'JSON_UNQUOTE', 'JSON_VALID', 'LEAST', 'LEFT', 'LENGTH',
        'LOWER', 'MD5', 'MOD', 'NOW', 'NULLIF', 'REPLACE', 'RIGHT', 'ROUND', 'SHA1', 'SHA2', 'SUBSTRING', 'TRIM', 'UNHEX', 'UPPER', 'UTC_TIMESTAMP', 'UUID',
    ];
    private const WORDS = [
        'AND', 'OR', 'XOR', 'NOT', 'IS', 'NULL', 'TRUE', 'FALSE', 'IN', 'LIKE', 'BETWEEN', 'DIV', 'MOD', 'REGEXP', 'CASE', 'WHEN', 'THEN', 'ELSE', 'END',
        'CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_TIMESTAMP', 'UTC_TIMESTAMP',
    ];
    /** Words that a parenthesis may follow without a call. */
    private const BEFORE_PARENTHESIS = ['AND', 'OR', 'XOR', 'NOT', 'IN', 'LIKE', 'BETWEEN', 'DIV', 'REGEXP', 'CASE', 'WHEN', 'THEN', 'ELSE'];

    /** Takes a whole expression in parentheses. */
    public static function takeInParentheses(Tokens $tokens): void
    {
        $tokens->expectOperator('(');
        self::take($tokens);
        $tokens->expectOperator(')');
    }

    /** Takes up to a comma, a closing parenthesis, the word that ends it or the end of the statement. */
    public static function take(Tokens $tokens, string $until = ''): void
    {
        $taken = 0;
        while (!self::ends($tokens, $until)) {
            self::takePart($tokens);
            ++$taken;
        }
        if (0 === $taken) {
            throw $tokens->unexpected('an expression');
        }
    }

    private static function ends(Tokens $tokens, string $until): bool
    {
        return Token::END === $tokens->peek()->kind || $tokens->operatorAhead(',') || $tokens->operatorAhead(')') || ('' !== $until && $tokens->ahead($until));
    }

    private static function takePart(Tokens $tokens): void
    {
        if ($tokens->operatorAhead('(')) {
            self::takeList($tokens);

            return;
        }
        $token = $tokens->take();
        if (Token::OPERATOR === $token->kind && '.' === $token->text) {
            throw new Refusal('an expression names another table or database');
        }
        if (Token::WORD !== $token->kind && Token::NAME !== $token->kind) {
            return;
        }
        $called = $tokens->operatorAhead('(');
        if ($called && !self::isFunction($token) && !in_array($token->text, self::BEFORE_PARENTHESIS, true)) {
            throw new Refusal(sprintf('nobody can tell what calling %s() does', $token->written));
        }
        $known = Token::NAME === $token->kind || !$token->reserved || in_array($token->text, self::WORDS, true) || ($called && self::isFunction($token));
        if (!$known) {
            throw new Refusal(sprintf('an expression with %s is not on the allow-list', $token->text));
        }
    }

    private static function takeList(Tokens $tokens): void
    {
        $tokens->expectOperator('(');
        while (!$tokens->operator(')')) {
            if (Token::END === $tokens->peek()->kind) {
                throw $tokens->unexpected('")"');
            }
            if (!$tokens->operator(',')) {
                self::takePart($tokens);
            }
        }
    }

    private static function isFunction(Token $token): bool
    {
        return Token::WORD === $token->kind && in_array($token->text, self::FUNCTIONS, true);
    }
}
