<?php

declare(strict_types=1);

namespace Slipway\Workers;

/** Five fields of cron: minute, hour, day of the month, month, day of the week. Each is a list of values, ranges and steps; UTC. */
final readonly class CronExpression
{
    private const RANGES = [[0, 59], [0, 23], [1, 31], [1, 12], [0, 7]];
    private const NAMES = [
        3 => ['JAN' => 1, 'FEB' => 2, 'MAR' => 3, 'APR' => 4, 'MAY' => 5, 'JUN' => 6, 'JUL' => 7, 'AUG' => 8, 'SEP' => 9, 'OCT' => 10, 'NOV' => 11, 'DEC' => 12],
        4 => ['SUN' => 0, 'MON' => 1, 'TUE' => 2, 'WED' => 3, 'THU' => 4, 'FRI' => 5, 'SAT' => 6],
    ];

    /** @param list<list<int>> $fields the values of each field */
    private function __construct(
        /** As written, with one space between fields and names in capitals. */
        public string $text,
        private array $fields,
        private bool $anyDayOfMonth,
        private bool $anyDayOfWeek,
    ) {
    }

    /** @throws \InvalidArgumentException */
    public static function parse(string $text): self
    {
        $parts = preg_split('/\s+/', strtoupper(trim($text)), -1, \PREG_SPLIT_NO_EMPTY);
        if (false === $parts || 5 !== count($parts)) {
            throw new \InvalidArgumentException("\"$text\" does not have five fields");
        }
        $fields = [];
        foreach ($parts as $index => $part) {
            $fields[] = self::field($index, $part) ?? throw new \InvalidArgumentException("\"$part\" in \"$text\" is no value of its field");
        }

        return new self(implode(' ', $parts), $fields, str_starts_with($parts[2], '*'), str_starts_with($parts[4], '*'));
    }

    /** @param int $minute whole minutes since 1970 */
    public function isDue(int $minute): bool
    {
        [$minutes, $hours, $daysOfMonth, $months, $daysOfWeek] = $this->fields;
        [$minuteOfHour, $hour, $dayOfMonth, $month, $dayOfWeek] = array_map(intval(...), explode(' ', gmdate('i G j n w', $minute * 60)));
        if (!in_array($minuteOfHour, $minutes, true) || !in_array($hour, $hours, true) || !in_array($month, $months, true)) {
            return false;
        }
        $byMonth = in_array($dayOfMonth, $daysOfMonth, true);
        $byWeek = in_array($dayOfWeek, $daysOfWeek, true);

        // As cron has it: when both days are restricted, either of them is enough.
        return $this->anyDayOfMonth || $this->anyDayOfWeek ? $byMonth && $byWeek : $byMonth || $byWeek;
    }

    /** @return list<int>|null */
    private static function field(int $index, string $text): ?array
    {
        [$least, $most] = self::RANGES[$index];
        $values = [];
        foreach (explode(',', $text) as $item) {
            if (1 !== preg_match('#^(?:(?<all>\*)|(?<from>[0-9A-Z]+)(?:-(?<to>[0-9A-Z]+))?)(?:/(?<step>[0-9]{1,2}))?$#D', $item, $match, \PREG_UNMATCHED_AS_NULL)) {
                return null;
            }
            $from = null === $match['from'] ? $least : self::value($index, $match['from']);
            // A step without a range goes on to the end of the field.
            $to = match (true) {
                // A week may end with its Sunday: FRI-SUN.
                4 === $index && 'SUN' === $match['to'] => 7,
                null !== $match['to'] => self::value($index, $match['to']),
                null !== $match['all'] || null !== $match['step'] => 4 === $index ? 6 : $most,
                default => $from,
            };
            $step = (int) ($match['step'] ?? '1');
            if (null === $from || null === $to || $from > $to || $step < 1) {
                return null;
            }
            for ($value = $from; $value <= $to; $value += $step) {
                // Sunday is 0 and 7.
                $values[] = 4 === $index ? $value % 7 : $value;
            }
        }

        return array_values(array_unique($values));
    }

    private static function value(int $index, string $text): ?int
    {
        [$least, $most] = self::RANGES[$index];
        $value = 1 === preg_match('/^\d{1,2}$/D', $text) ? (int) $text : (self::NAMES[$index][$text] ?? null);

        return null === $value || $value < $least || $value > $most ? null : $value;
    }
}
