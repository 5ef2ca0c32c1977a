<?php

declare(strict_types=1);

namespace Slipway\Agent\Migration;

/** A dry run printed what is neither SQL nor one of the lines that its framework prints around it. */
final class NotUnderstoodException extends \RuntimeException
{
}
