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
    /** With one hash for all of them, the time to build an object grows with the square of their number. */
    #[Test]
    public function keys_that_a_client_chose_to_collide_are_not_built_with_one_hash(): void
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
        $body = '{"value":{'.implode(',', $colliding).'}}';
        self::assertCount(1, self::hashes($body, 28));
        if ((new \ReflectionFunction('json_validate'))->isInternal()) {
            // It builds no object.
            return;
        }
        $checked = (new \ReflectionMethod(CacheEntry::class, 'withoutCollisions'))->invoke(null, $body);
        self::assertIsString($checked);
        self::assertGreaterThan(16_000, count(self::hashes($checked, 28)));
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

    /**
     * The hashes (DJBX33A, as PHP's arrays use it; its lower 32 bits) of the keys that have at least so many characters.
     *
     * @return array<int, true>
     */
    private static function hashes(string $body, int $characters): array
    {
        preg_match_all('/"([^"]{'.$characters.',})":/', $body, $keys);
        $hashes = [];
        foreach ($keys[1] as $key) {
            $hash = 5381;
            foreach (str_split($key) as $character) {
                $hash = ($hash * 33 + ord($character)) & 0xFFFFFFFF;
            }
            $hashes[$hash] = true;
        }

        return $hashes;
    }

    private static function entry(string $body): CacheEntry
    {
        return CacheEntry::fromRequest(new Request(server: ['CONTENT_TYPE' => 'application/json'], content: $body));
    }
}
