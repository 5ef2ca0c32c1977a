<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** The tokens of one statement and how far they are read. */
final class Tokens
{
    private int $next = 0;
    private readonly Token $end;

    /** @param list<Token> $tokens */
    public function __construct(private readonly array $tokens)
    {
        $this->end = new Token(Token::END, '');
    }

    public function peek(int $ahead = 0): Token
    {
        return $this->tokens[$this->next + $ahead] ?? $this->end;
    }

    /** @phpstan-impure */
    public function take(): Token
    {
        $token = $this->peek();
        ++$this->next;

        return $token;
    }

    /** Whether these words come next. */
    public function ahead(string ...$words): bool
    {
        foreach (array_values($words) as $i => $word) {
            $token = $this->peek($i);
            if (Token::WORD !== $token->kind || $token->text !== $word) {
                return false;
            }
        }

        return true;
    }

    /**
     * Takes these words, all or none.
     *
     * @phpstan-impure
     */
    public function words(string ...$words): bool
    {
        if (!$this->ahead(...$words)) {
            return false;
        }
        $this->next += count($words);

        return true;
    }

    /**
     * Takes the one of these words that comes next.
     *
     * @phpstan-impure
     */
    public function oneOf(string ...$words): ?string
    {
        foreach ($words as $word) {
            if ($this->words($word)) {
                return $word;
            }
        }

        return null;
    }

    /** @phpstan-impure */
    public function operator(string $operator): bool
    {
        if (!$this->operatorAhead($operator)) {
            return false;
        }
        ++$this->next;

        return true;
    }

    public function operatorAhead(string $operator, int $ahead = 0): bool
    {
        $token = $this->peek($ahead);

        return Token::OPERATOR === $token->kind && $token->text === $operator;
    }

    public function expectOperator(string $operator): void
    {
        if (!$this->operator($operator)) {
            throw $this->unexpected("\"$operator\"");
        }
    }

    public function expectWords(string ...$words): void
    {
        if (!$this->words(...$words)) {
            throw $this->unexpected(implode(' ', $words));
        }
    }

    /** The name of a table, column or index, without its quotes. */
    public function expectName(): string
    {
        $token = $this->take();
        $isName = Token::NAME === $token->kind || (Token::WORD === $token->kind && !$token->reserved);
        if (!$isName) {
            throw $this->notUnderstood($token, 'a name (quote it with backquotes if it is one)');
        }

        return Token::NAME === $token->kind ? $token->text : $token->written;
    }

    /** A name that names no database beside it: what is elsewhere is somebody else's. */
    public function expectTable(): string
    {
        $name = $this->expectName();
        if ($this->operatorAhead('.')) {
            throw new Refusal('it names a database: a migration changes the application\'s own, so leave the name out');
        }

        return $name;
    }

    public function expectString(): string
    {
        $token = $this->take();

        return Token::STRING === $token->kind ? $token->written : throw $this->notUnderstood($token, 'a text in quotes');
    }

    public function expectNumber(): string
    {
        $token = $this->take();

        return Token::NUMBER === $token->kind && ctype_digit($token->text) ? $token->text : throw $this->notUnderstood($token, 'a whole number');
    }

    public function expectEnd(): void
    {
        if (Token::END !== $this->peek()->kind) {
            throw $this->unexpected('the end of the statement');
        }
    }

    public function unexpected(string $expected): Refusal
    {
        return $this->notUnderstood($this->peek(), $expected);
    }

    private function notUnderstood(Token $token, string $expected): Refusal
    {
        $found = Token::END === $token->kind ? 'it ends' : sprintf('it says %s', $token->written);

        return new Refusal("$found where the allow-list knows only $expected");
    }
}
