<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** A word, name, literal or operator of a statement; white space and comments are left out. */
final readonly class Token
{
    public const WORD = 'word';
    public const NAME = 'name';
    public const STRING = 'string';
    public const NUMBER = 'number';
    public const PLACEHOLDER = 'placeholder';
    public const OPERATOR = 'operator';
    public const SEPARATOR = 'separator';
    public const END = 'end';

    /**
     * @param string $text     a word in upper case, a quoted name without its quotes, anything else as it is written
     * @param string $written  as it is written
     * @param bool   $reserved of a word: it is no name unless it is quoted
     */
    public function __construct(
        public string $kind,
        public string $text,
        public string $written = '',
        public bool $reserved = false,
    ) {
    }
}
