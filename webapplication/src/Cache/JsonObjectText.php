<?php

declare(strict_types=1);

namespace App\Cache;

/** The members of a JSON object, each value as its original text, so that no number is rounded and nothing is escaped again. */
final readonly class JsonObjectText
{
    private const BLANK = " \t\n\r";

    /** @param list<array{string, string}> $members name and text of the value, in their order */
    private function __construct(private array $members)
    {
    }

    /** @param string $json valid JSON; the result is null when it is not an object */
    public static function split(string $json): ?self
    {
        $at = strspn($json, self::BLANK);
        if ('{' !== $json[$at]) {
            return null;
        }
        $members = [];
        $at = self::next($json, $at + 1);
        while ('}' !== $json[$at]) {
            $name = $at;
            $at = self::afterString($json, $at);
            $decoded = json_decode(substr($json, $name, $at - $name));
            // Skip the colon and the spaces around it.
            $value = self::next($json, self::next($json, $at) + 1);
            $at = self::afterValue($json, $value);
            $members[] = [is_string($decoded) ? $decoded : '', substr($json, $value, $at - $value)];
            $at = self::next($json, $at);
            if (',' === $json[$at]) {
                $at = self::next($json, $at + 1);
            }
        }

        return new self($members);
    }

    /** @return list<string> in their order, as often as they occur */
    public function names(): array
    {
        return array_column($this->members, 0);
    }

    public function text(string $name): ?string
    {
        foreach ($this->members as [$member, $text]) {
            if ($member === $name) {
                return $text;
            }
        }

        return null;
    }

    private static function next(string $json, int $at): int
    {
        return $at + strspn($json, self::BLANK, $at);
    }

    private static function afterValue(string $json, int $at): int
    {
        return match ($json[$at]) {
            '"' => self::afterString($json, $at),
            '{', '[' => self::afterNested($json, $at),
            default => $at + strcspn($json, self::BLANK.',}', $at),
        };
    }

    private static function afterNested(string $json, int $at): int
    {
        $depth = 0;
        do {
            $at += strcspn($json, '{}[]"', $at);
            if ('"' === $json[$at]) {
                $at = self::afterString($json, $at);
                continue;
            }
            $depth += '{' === $json[$at] || '[' === $json[$at] ? 1 : -1;
            ++$at;
        } while ($depth > 0);

        return $at;
    }

    private static function afterString(string $json, int $at): int
    {
        ++$at;
        while ('"' !== $json[$at += strcspn($json, '"\\', $at)]) {
            $at += 2;
        }

        return $at + 1;
    }
}
