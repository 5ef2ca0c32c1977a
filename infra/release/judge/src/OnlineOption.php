<?php

declare(strict_types=1);

namespace Slipway\Judge;

/** ALGORITHM and LOCK, as far as they let writes go on. */
final readonly class OnlineOption
{
    /** @phpstan-impure */
    public static function take(Tokens $tokens): bool
    {
        $option = $tokens->oneOf('ALGORITHM', 'LOCK');
        if (null === $option) {
            return false;
        }
        $tokens->operator('=');
        $allowed = 'LOCK' === $option ? ['NONE', 'DEFAULT'] : ['INSTANT', 'INPLACE', 'DEFAULT'];
        if (null === $tokens->oneOf(...$allowed)) {
            throw new Refusal(sprintf('%s=%s keeps writes of the version that is live waiting', $option, $tokens->peek()->written));
        }

        return true;
    }
}
