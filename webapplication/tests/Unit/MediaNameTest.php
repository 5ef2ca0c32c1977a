<?php

declare(strict_types=1);

namespace App\Tests\Unit;

use App\Media\MediaName;
use App\Tests\Servers\Text;
use PHPUnit\Framework\Attributes\Test;
use PHPUnit\Framework\TestCase;

final class MediaNameTest extends TestCase
{
    /** The sidecar's tests read the same file. */
    private const TABLE = __DIR__.'/../../../sidecar/testbed/media-names.json';

    #[Test]
    public function the_names_that_are_served_are_those_that_the_sidecar_carries(): void
    {
        $table = (array) json_decode((string) file_get_contents(self::TABLE), true, 512, \JSON_THROW_ON_ERROR);

        $names = array_map(self::written(...), (array) $table['taken']);
        self::assertSame($names, array_map(static fn (string $name): ?string => MediaName::parse($name)?->path, $names));
        self::assertSame([], array_filter(array_map(self::written(...), (array) $table['refused']), static fn (string $name): bool => null !== MediaName::parse($name)));
    }

    /** A name is a text or a list of pieces, where [text, n] repeats a text n times. */
    private static function written(mixed $name): string
    {
        return is_string($name) ? $name : implode('', array_map(
            static fn (mixed $piece): string => is_array($piece) ? str_repeat(Text::of($piece[0]), (int) Text::of($piece[1])) : Text::of($piece),
            (array) $name,
        ));
    }
}
