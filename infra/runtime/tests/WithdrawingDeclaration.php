<?php

declare(strict_types=1);

namespace Slipway\Workers\Tests;

use Slipway\Agent\Declaration;

/** Is withdrawn as soon as an instance says that it has seen it. */
final readonly class WithdrawingDeclaration extends Declaration
{
    public function report(string $name, string $json): void
    {
        parent::report($name, $json);
        if (str_contains($json, '"live":true,"running":false') && null !== $this->read()) {
            $this->withdraw();
        }
    }
}
