<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** What stands after DEFAULT. */
final readonly class DefaultValue
{
    private const NOW = ['CURRENT_TIMESTAMP', 'NOW', 'LOCALTIME', 'LOCALTIMESTAMP'];

    private function __construct(public bool $isNull)
    {
    }

    /** @param bool $made the table is one that this migration made, so that nothing is computed for rows that are there */
    public static function take(Tokens $tokens, DataType $type, bool $made): self
    {
        if ($tokens->words('NULL')) {
            return new self(true);
        }
        if ($tokens->operatorAhead('(')) {
            if (!$made) {
                throw new Refusal('its default is computed, which writes every row that is there anew');
            }
            Expression::takeInParentheses($tokens);

            return new self(false);
        }
        if (self::takeNow($tokens)) {
            return $type->takesCurrentTimestamp() ? new self(false) : throw new Refusal("MySQL gives a $type no CURRENT_TIMESTAMP as its default");
        }
        self::takeLiteral($tokens);

        return $type->takesLiteralDefault() ? new self(false) : throw new Refusal("MySQL gives a $type no literal as its default: make the column nullable");
    }

    /**
     * CURRENT_TIMESTAMP, with or without digits of seconds.
     *
     * @phpstan-impure
     */
    public static function takeNow(Tokens $tokens): bool
    {
        $word = $tokens->oneOf(...self::NOW);
        if (null === $word) {
            return false;
        }
        if ($tokens->operator('(')) {
            if (!$tokens->operatorAhead(')')) {
                $tokens->expectNumber();
            }
            $tokens->expectOperator(')');
        } elseif ('NOW' === $word) {
            throw $tokens->unexpected('"("');
        }

        return true;
    }

    private static function takeLiteral(Tokens $tokens): void
    {
        if (null !== $tokens->oneOf('TRUE', 'FALSE')) {
            return;
        }
        $signed = $tokens->operator('-') || $tokens->operator('+');
        if (!$signed && Token::STRING === $tokens->peek(1)->kind) {
            // b'01' and x'1F'.
            $tokens->oneOf('B', 'X');
        }
        $token = $tokens->take();
        if (Token::NUMBER !== $token->kind && (Token::STRING !== $token->kind || $signed)) {
            throw new Refusal(sprintf('its default is no literal: %s', $token->written));
        }
    }
}
