<?php

declare(strict_types=1);

namespace Slipway\Agent\Migration;

/** Values that no log may hold. */
final readonly class Secrets
{
    private const NAME = '/(?:PASSWORD|SECRET|TOKEN|KEY|_URL|DSN|CREDENTIALS?|SESSIONS|CONNECTION_STRING)$/i';
    private const SHORTEST = 6;

    /** @param list<string> $values longest first, so that a part of one does not hide the rest of another */
    private function __construct(private array $values)
    {
    }

    /**
     * @param array<string, string> $environment
     * @param list<string>          $names       of the application's own secrets
     */
    public static function of(array $environment, array $names): self
    {
        $values = [];
        foreach ($environment as $name => $value) {
            if (strlen($value) >= self::SHORTEST && (in_array($name, $names, true) || 1 === preg_match(self::NAME, $name))) {
                array_push($values, $value, rawurlencode($value));
            }
        }
        usort($values, static fn (string $a, string $b): int => strlen($b) <=> strlen($a));

        return new self(array_values(array_unique($values)));
    }

    public function hide(string $text): string
    {
        return str_replace($this->values, '***', $text);
    }
}
