<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** Why a statement is not on the allow-list, in words for whoever wrote it. */
final class Refusal extends \RuntimeException
{
    /** The statement itself. */
    public const STATEMENT = 'statement';
    /** That it comes behind another change of the schema. */
    public const ONE_CHANGE = 'one-change';

    public function __construct(string $message, public readonly string $rule = self::STATEMENT)
    {
        parent::__construct($message);
    }
}
