<?php

declare(strict_types=1);

namespace App\Tests\Unit;

use App\Cache\JsonObjectText;
use PHPUnit\Framework\Attributes\Test;
use PHPUnit\Framework\TestCase;
use Random\Engine\Mt19937;
use Random\Randomizer;

final class JsonObjectTextTest extends TestCase
{
    #[Test]
    public function whatever_the_values_are_they_come_out_as_they_went_in(): void
    {
        $random = new Randomizer(new Mt19937(4));
        for ($round = 0; $round < 500; ++$round) {
            $members = [];
            $text = self::blank($random).'{'.self::blank($random);
            for ($count = $random->getInt(0, 4); $count > 0; --$count) {
                $name = 'm'.count($members).['', '"', '\\', '}', 'é'][$random->getInt(0, 4)];
                $members[$name] = self::value($random, 3);
                $text .= (1 === count($members) ? '' : ','.self::blank($random)).json_encode($name).self::blank($random).':'.self::blank($random).$members[$name].self::blank($random);
            }
            $text .= '}'.self::blank($random);
            self::assertTrue(json_validate($text), $text);

            $object = JsonObjectText::split($text);

            self::assertNotNull($object);
            self::assertSame(array_keys($members), $object->names());
            foreach ($members as $name => $value) {
                self::assertSame($value, $object->text($name), $text);
            }
        }
    }

    #[Test]
    public function what_is_no_object_is_told_apart(): void
    {
        foreach (['[]', '1', ' "{"', 'null'] as $text) {
            self::assertNull(JsonObjectText::split($text));
        }
        self::assertNull(JsonObjectText::split('{"a":1}')?->text('b'));
    }

    private static function value(Randomizer $random, int $depth): string
    {
        $scalars = ['0', '-1.50', '1E+9', 'true', 'null', '""', '"\\\\"', '"\\""', '"}]{["', '"\u00e9,:"', '123456789012345678901'];
        if (0 === $depth || $random->getInt(0, 1) > 0) {
            return $scalars[$random->getInt(0, count($scalars) - 1)];
        }
        $items = [];
        for ($count = $random->getInt(0, 3); $count > 0; --$count) {
            $items[] = self::blank($random).self::value($random, $depth - 1).self::blank($random);
        }

        return 1 === $random->getInt(1, 2)
            ? '['.implode(',', $items).']'
            : '{'.implode(',', array_map(static fn (int $index, string $item): string => '"k'.$index.'":'.$item, array_keys($items), $items)).'}';
    }

    private static function blank(Randomizer $random): string
    {
        return ['', '', ' ', "\n\t "][$random->getInt(0, 3)];
    }
}
