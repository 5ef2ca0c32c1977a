<?php

declare(strict_types=1);

namespace Slipway\Judge;

use PhpMyAdmin\SqlParser\Parser;
use PhpMyAdmin\SqlParser\Statement;
use PhpMyAdmin\SqlParser\TokensList;

/** One statement that was read: its tokens for the allow-list, and what phpMyAdmin's parser makes of it. */
final readonly class SqlText
{
    public function __construct(public Tokens $tokens, private TokensList $list)
    {
    }

    /** @throws Refusal unless the parser takes the text, to its end, for one statement: the one returned */
    public function parse(): Statement
    {
        $parser = new Parser($this->list);
        if ([] !== $parser->errors) {
            throw new Refusal('the parser does not understand it: '.rtrim($parser->errors[0]->getMessage(), '.'));
        }
        $statement = $parser->statements[0] ?? null;

        return null !== $statement && 1 === count($parser->statements) ? $statement : throw new Refusal('the parser takes it for something else than one statement');
    }
}
