<?php

declare(strict_types=1);

namespace App\Cache;

use App\Http\ProblemException;
use Symfony\Component\HttpFoundation\Request;

/** A cache entry as a client sends it: a JSON value and its time to live. */
final readonly class CacheEntry
{
    private const DEFAULT_TTL = 3600;
    private const MAX_TTL = 2_592_000;
    private const MAX_BYTES = 1_048_576;
    /** With room for the members around the value, so that the size is checked before anything is parsed. */
    private const MAX_BODY_BYTES = self::MAX_BYTES + 4096;
    private const MAX_LEVELS = 512;

    private function __construct(
        /** JSON, exactly as received. */
        public string $value,
        /** Seconds. */
        public int $ttl,
    ) {
    }

    /** @throws ProblemException 415, then 400, then 413 and 422 */
    public static function fromRequest(Request $request): self
    {
        self::requireJson($request);
        $body = $request->getContent();
        if (strlen($body) > self::MAX_BODY_BYTES) {
            throw new ProblemException(413, sprintf('The value is longer than %d bytes.', self::MAX_BYTES));
        }
        self::requireSyntax($body);
        $object = JsonObjectText::split($body) ?? throw new ProblemException(422, 'The body must be a JSON object with the members value and ttl.');
        $names = $object->names();
        if ([] !== array_diff($names, ['value', 'ttl']) || count(array_unique($names)) !== count($names)) {
            throw new ProblemException(422, 'The body may only have the members value and ttl, each once.');
        }

        return new self(
            self::value($object->text('value') ?? throw new ProblemException(422, 'value is missing.')),
            self::ttl($object->text('ttl') ?? (string) self::DEFAULT_TTL),
        );
    }

    private static function requireJson(Request $request): void
    {
        $type = strtolower(trim(explode(';', $request->headers->get('Content-Type') ?? '')[0]));
        $encoding = strtolower(trim($request->headers->get('Content-Encoding') ?? 'identity'));
        if ('application/json' !== $type || 'identity' !== $encoding) {
            throw new ProblemException(415, 'The body must be application/json without a content encoding.', ['Accept' => 'application/json']);
        }
    }

    private static function requireSyntax(string $body): void
    {
        // One level more for the object around the value, and one because json_validate() wants the depth to be below its limit.
        if (json_validate(self::withoutCollisions($body), self::MAX_LEVELS + 2)) {
            return;
        }
        throw match (json_last_error()) {
            \JSON_ERROR_DEPTH => new ProblemException(422, sprintf('The value is nested deeper than %d levels.', self::MAX_LEVELS)),
            \JSON_ERROR_UTF16 => new ProblemException(422, 'The value contains an unpaired surrogate.'),
            default => new ProblemException(400, 'The body is not valid JSON.'),
        };
    }

    /**
     * json_validate() before PHP 8.3 is a polyfill that builds the objects, and keys that a client chose to collide make that take
     * seconds. A random prefix keeps valid keys valid, invalid ones invalid, and makes them spread.
     */
    private static function withoutCollisions(string $body): string
    {
        if (\PHP_VERSION_ID >= 80300) {
            return $body;
        }

        return preg_replace_callback(
            '/"((?:[^"\\\\]++|\\\\.)*+"\s*+:)|"(?:[^"\\\\]++|\\\\.)*+"/s',
            static fn (array $string): string => isset($string[1]) ? '"'.dechex(random_int(0, \PHP_INT_MAX)).$string[1] : $string[0],
            $body,
        ) ?? $body;
    }

    private static function value(string $text): string
    {
        return strlen($text) <= self::MAX_BYTES ? $text : throw new ProblemException(413, sprintf('The value is longer than %d bytes.', self::MAX_BYTES));
    }

    private static function ttl(string $text): int
    {
        if (1 !== preg_match('/^[1-9]\d{0,6}$/D', $text) || (int) $text > self::MAX_TTL) {
            throw new ProblemException(422, sprintf('ttl must be a whole number of seconds from 1 to %d.', self::MAX_TTL));
        }

        return (int) $text;
    }
}
