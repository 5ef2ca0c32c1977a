<?php

declare(strict_types=1);

namespace App\Tests\Unit;

use App\Cache\CacheEntry;
use App\Http\ProblemException;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Test;
use PHPUnit\Framework\TestCase;
use Symfony\Component\HttpFoundation\Request;

final class CacheEntryTest extends TestCase
{
    /** The processor time grows with the square of their number when keys collide, which is thousands of times as much. */
    #[Test]
    public function keys_that_collide_cost_no_more_than_others(): void
    {
        $pairs = ['Ez', 'FY'];
        $colliding = [];
        for ($number = 0; $number < 16_384; ++$number) {
            $key = '';
            for ($bit = 0; $bit < 14; ++$bit) {
                $key .= $pairs[($number >> $bit) & 1];
            }
            $colliding[] = '"'.$key.'":0';
        }
        $plain = array_map(static fn (int $number): string => sprintf('"%028d":0', $number), range(1, 16_384));

        self::assertLessThan(20.0, $this->cost($colliding) / $this->cost($plain));
    }

    #[Test]
    public function a_body_that_is_too_long_is_refused_before_it_is_parsed(): void
    {
        $body = '{"value":1,"other":['.str_repeat('0,', 600_000);
        try {
            self::entry($body);
            self::fail('It is refused.');
        } catch (ProblemException $failure) {
            self::assertSame(413, $failure->getStatusCode());
        }
    }

    /** @return iterable<string, array{int, string}> */
    public static function bodies(): iterable
    {
        yield 'escapes in keys' => [0, '{"value":{"a\"b":1,"\u0061\\\\":2,"":3," : ":{"x":":"}}}'];
        yield 'a string that looks like a key' => [0, '{"value":["a","b:",": ","\":"]}'];
        yield 'half an escape in a key' => [400, '{"value":{"\u12":1}}'];
        yield 'a bad escape in a key' => [400, '{"value":{"\x":1}}'];
        yield 'half of a surrogate pair in a key' => [422, '{"value":{"\ud800":1}}'];
        yield 'a control character in a key' => [400, "{\"value\":{\"a\n\":1}}"];
        yield 'not UTF-8 in a key' => [400, "{\"value\":{\"\xff\":1}}"];
        yield 'a key without its end' => [400, '{"value":{"a:1}}'];
        yield 'a number as a key' => [400, '{"value":{1:1}}'];
    }

    #[Test]
    #[DataProvider('bodies')]
    public function the_syntax_of_keys_is_judged_as_ever(int $status, string $body): void
    {
        try {
            self::entry($body);
            $judged = 0;
        } catch (ProblemException $failure) {
            $judged = $failure->getStatusCode();
        }

        self::assertSame($status, $judged);
    }

    /** @param list<string> $members */
    private function cost(array $members): float
    {
        $body = '{"value":{'.implode(',', $members).'}}';
        $before = self::processorSeconds();
        self::entry($body);

        return max(0.001, self::processorSeconds() - $before);
    }

    private static function processorSeconds(): float
    {
        $usage = getrusage();
        $text = static fn (string $key): string => \App\Tests\Servers\Text::of($usage[$key] ?? 0);

        return (float) $text('ru_utime.tv_sec') + (float) $text('ru_utime.tv_usec') / 1e6;
    }

    private static function entry(string $body): CacheEntry
    {
        return CacheEntry::fromRequest(new Request(server: ['CONTENT_TYPE' => 'application/json'], content: $body));
    }
}
