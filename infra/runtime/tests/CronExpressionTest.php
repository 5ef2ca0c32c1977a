<?php

declare(strict_types=1);

namespace Slipway\Workers\Tests;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Slipway\Workers\CronExpression;

final class CronExpressionTest extends TestCase
{
    /** @return iterable<array{string, string, bool}> */
    public static function moments(): iterable
    {
        yield ['* * * * *', '2026-11-28 23:59', true];
        yield ['*/15 * * * *', '2026-11-28 10:45', true];
        yield ['*/15 * * * *', '2026-11-28 10:46', false];
        yield ['5,35-37 * * * *', '2026-11-28 10:36', true];
        yield ['5,35-37 * * * *', '2026-11-28 10:38', false];
        yield ['10-40/15 * * * *', '2026-11-28 10:40', true];
        yield ['10-40/15 * * * *', '2026-11-28 10:45', false];
        yield ['50/5 * * * *', '2026-11-28 10:55', true];
        yield ['50/5 * * * *', '2026-11-28 10:05', false];
        yield ['*/90 * * * *', '2026-11-28 10:00', true];
        yield ['*/90 * * * *', '2026-11-28 10:59', false];
        yield ['0 3 * * *', '2026-11-28 03:00', true];
        yield ['0 3 * * *', '2026-11-28 15:00', false];
        yield ['0 0 29 FEB *', '2028-02-29 00:00', true];
        yield ['0 0 * jan-mar,DEC *', '2026-12-01 00:00', true];
        yield ['0 0 * jan-mar,DEC *', '2026-11-01 00:00', false];
        // 28 November 2026 is a Saturday.
        yield ['0 0 * * SAT', '2026-11-28 00:00', true];
        yield ['0 0 * * 7', '2026-11-29 00:00', true];
        yield ['0 0 * * 0', '2026-11-29 00:00', true];
        yield ['0 0 * * fri-sun', '2026-11-29 00:00', true];
        yield ['0 0 * * mon-fri', '2026-11-28 00:00', false];
        yield ['0 0 * * 5/2', '2026-11-29 00:00', false];
        // Either day is enough when both are restricted, and both count when one is a star.
        yield ['0 0 1 * SAT', '2026-11-28 00:00', true];
        yield ['0 0 1 * SAT', '2026-12-01 00:00', true];
        yield ['0 0 1 * SAT', '2026-11-27 00:00', false];
        yield ['0 0 */2 * SAT', '2026-11-28 00:00', false];
        yield ['0 0 1 * */2', '2026-12-01 00:00', true];
        yield ['0 0 2 * */3', '2026-12-02 00:00', true];
    }

    #[DataProvider('moments')]
    public function test_says_when_it_is_due(string $text, string $moment, bool $isDue): void
    {
        $minute = intdiv((int) strtotime($moment.' UTC'), 60);
        self::assertSame($isDue, CronExpression::parse($text)->isDue($minute));
    }

    public function test_spells_the_same_expression_the_same(): void
    {
        self::assertSame('0 3 * JAN MON', CronExpression::parse("  0  3 *\tjan mon ")->text);
    }

    /** @return iterable<array{string}> */
    public static function wrong(): iterable
    {
        foreach (['* * * *', '60 * * * *', '* * 0 * *', '* * * 13 *', '* * * * 8', '*/0 * * * *', '30-10 * * * *', '1,,2 * * * *', 'JAN * * * *', '*-5 * * * *', '@daily', ''] as $text) {
            yield [$text];
        }
    }

    #[DataProvider('wrong')]
    public function test_refuses_what_it_does_not_understand(string $text): void
    {
        $this->expectException(\InvalidArgumentException::class);
        CronExpression::parse($text);
    }
}
