<?php

declare(strict_types=1);

namespace Slipway\Agent;

/**
 * The first request in each of php-fpm's processes takes several times as long as the next. Here nobody waits for it: as many
 * requests as there are processes, which an idle pool takes in turn. They go to the application's own route for that, or, one
 * after the other, to the address that a release asks first.
 */
final readonly class WarmUp
{
    /** By which an application can tell these requests from those of visitors. */
    private const USER_AGENT = 'User-Agent: slipway-warm-up';

    public function __construct(private Settings $settings)
    {
    }

    /** @return array{requests: int, answered: int} */
    public function run(int $limitMs): array
    {
        $own = $this->settings->provides['warm'] ?? null;
        if (null !== $own) {
            $answer = Http::ask('POST', $this->settings->internalUrl, $own, $limitMs, ['Authorization: Bearer '.$this->settings->releaseTokens[0]]);

            return ['requests' => 1, 'answered' => 200 === $answer['status'] ? 1 : 0];
        }

        return $this->askEach($limitMs);
    }

    /** @return array{requests: int, answered: int} */
    private function askEach(int $limitMs): array
    {
        $deadline = microtime(true) + $limitMs / 1000;
        $answered = 0;
        while ($answered < $this->settings->processes && ($left = (int) (($deadline - microtime(true)) * 1000)) > 0) {
            if (0 === Http::ask('GET', $this->settings->internalUrl, $this->settings->warmPath, $left, [self::USER_AGENT])['status']) {
                break;
            }
            ++$answered;
        }

        return ['requests' => $this->settings->processes, 'answered' => $answered];
    }
}
