<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** Why a statement is not on the allow-list, in words for whoever wrote it. */
final class Refusal extends \RuntimeException
{
}
