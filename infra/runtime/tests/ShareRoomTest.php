<?php

declare(strict_types=1);

namespace Slipway\Workers\Tests;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Slipway\Agent\ShareRoom;

final class ShareRoomTest extends TestCase
{
    private const GIB = 1_073_741_824.0;

    #[DataProvider('rooms')]
    public function test_says_when_a_share_is_full_or_nearly_so(float|false $free, float|false $total, ?string $problem): void
    {
        self::assertSame($problem, ShareRoom::problem($free, $total));
    }

    /** @return iterable<string, array{float|false, float|false, string|null}> */
    public static function rooms(): iterable
    {
        yield 'empty' => [100 * self::GIB, 100 * self::GIB, null];
        yield 'a twentieth left' => [5 * self::GIB, 100 * self::GIB, null];
        yield 'less' => [4.9 * self::GIB, 100 * self::GIB, 'the share of media is nearly full'];
        yield 'nothing' => [0.0, 100 * self::GIB, 'the share of media is full, so that writes fail'];
        yield 'a remainder that holds no file' => [1_048_575.0, 100 * self::GIB, 'the share of media is full, so that writes fail'];
        yield 'unknown' => [false, false, null];
    }
}
