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
        if (json_validate($body, self::MAX_LEVELS + 2)) {
            return;
        }
        throw match (json_last_error()) {
            \JSON_ERROR_DEPTH => new ProblemException(422, sprintf('The value is nested deeper than %d levels.', self::MAX_LEVELS)),
            \JSON_ERROR_UTF16 => new ProblemException(422, 'The value contains an unpaired surrogate.'),
            default => new ProblemException(400, 'The body is not valid JSON.'),
        };
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
