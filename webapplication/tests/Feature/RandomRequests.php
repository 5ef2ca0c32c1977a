<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\TestEnvironment;
use Random\Engine\Mt19937;
use Random\Randomizer;

/** Random requests that are almost valid; the same seed gives the same requests. */
final readonly class RandomRequests
{
    public const FAMILIES = ['cache', 'media', 'image', 'listing', 'internal', 'other'];
    private const METHODS = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'get'];
    private const JSON = ['{}', '[]', 'null', '1e999', '-0', '0.1', '123456789012345678901234567890', '"\u0000"', '"\ud800"', '"é"', "\"\xff\"", '{"a":{"a":1}}', '[1,', '{"', 'NaN', "'x'", '01', '"\x1f"'];

    private Randomizer $random;

    public function __construct(int $seed)
    {
        $this->random = new Randomizer(new Mt19937($seed));
    }

    /** @return array{non-empty-string, string, list<string>, string|null} method, target, header lines, body */
    public function next(string $family): array
    {
        $method = $this->one(self::METHODS);
        $headers = $this->headers();
        $body = $this->chance(40) ? $this->body() : null;

        return match ($family) {
            'cache' => [$this->chance(60) ? 'PUT' : $method, '/api/cache/'.$this->path(), [...$headers, ...$this->maybe('Authorization: Bearer '.TestEnvironment::CACHE_TOKEN, 85), ...$this->maybe('Content-Type: application/json', 85)], $this->cacheBody()],
            'media' => [$method, '/media/'.$this->path(), [...$headers, ...$this->maybe('Range: '.$this->range(), 40), ...$this->maybe('If-None-Match: '.$this->text(8), 20), ...$this->maybe('If-Range: '.$this->text(8), 10)], $body],
            'image' => [$method, '/api/generate-image?'.$this->query(['format', 'width', 'height']), $headers, $body],
            'listing' => [$method, '/api/images?'.$this->query(['limit', 'cursor']), $headers, $body],
            'internal' => [$this->chance(60) ? 'POST' : $method, '/internal/'.$this->one(['release/migrate', 'release/migrate?kind='.rawurlencode($this->text(6)), 'release/migrate/', 'release/migrate/'.$this->path(), 'release/warm', 'release/probe', 'release/drain?timeout='.$this->one(['0', '1', 'x', '']), 'journal/flush', 'media', 'media/retry', 'media/retry?name='.rawurlencode($this->text(12)), $this->path()]), [...$headers, ...$this->maybe('Authorization: Bearer '.TestEnvironment::RELEASE_TOKEN, 50)], $this->chance(50) ? $this->one(self::JSON) : null],
            default => [$method, $this->one(['/', '/api/ping', '/version', '/api/health', '/api/health/live', '/api/openapi.json', '/app.css', '/'.$this->path(), '//'.$this->path()]).($this->chance(30) ? '?'.$this->query(['a', 'b[]']) : ''), $headers, $body],
        };
    }

    /** @return list<string> */
    private function headers(): array
    {
        return [
            ...$this->maybe('traceparent: '.$this->one(['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '00-0-0-0', $this->text(60)]), 15),
            ...$this->maybe('Content-Type: '.$this->one(['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'multipart/form-data', 'text/plain', $this->text(20)]), 40),
            ...$this->maybe('Content-Encoding: '.$this->one(['gzip', 'identity', 'br']), 8),
            ...$this->maybe('X-Forwarded-For: '.$this->text(20), 10),
            ...$this->maybe('X-HTTP-Method-Override: '.$this->one(['DELETE', 'PUT', $this->text(5)]), 8),
            ...$this->maybe('Cookie: '.$this->text(30), 8),
            ...$this->maybe('Accept: '.$this->text(20), 8),
            ...$this->maybe('Authorization: '.$this->text(30), 8),
            ...$this->maybe('X-Long: '.str_repeat('a', $this->random->getInt(1, 9000)), 3),
        ];
    }

    private function path(): string
    {
        $segments = [];
        for ($count = $this->random->getInt(0, 3); $count >= 0; --$count) {
            $segments[] = $this->one(['a', 'key:1', '..', '.', '%2e%2e', '%00', '%FF', '%2F', '', '%E2%82%AC', 'x.png', '01J0000000000000000000000A.png', str_repeat('n', $this->random->getInt(1, 400)), rawurlencode($this->text(12)), '%252e', '%', '%zz', '_probe']);
        }

        return implode('/', $segments);
    }

    /** @param list<string> $options */
    private function query(array $options): string
    {
        $parts = [];
        for ($count = $this->random->getInt(0, 4); $count > 0; --$count) {
            $value = $this->one(['png', 'jpeg', 'webp', '16', '20', '33', '0', '-1', '1e3', '999999999999999999999', '', '%00', '%FF', rawurlencode($this->text(6))]);
            $parts[] = $this->one([...$options, 'x', $this->text(3), $options[0].'[]', $options[0].'[a][b]']).'='.$value;
        }

        return implode($this->one(['&', '&', ';']), array_map(static fn (string $part): string => strtr($part, [' ' => '+', '#' => '%23', "\0" => '']), $parts));
    }

    private function cacheBody(): string
    {
        $value = $this->one([...self::JSON, str_repeat('[', $this->random->getInt(1, 2000)), str_repeat('{"a":', 600).'1'.str_repeat('}', 600), '"'.str_repeat('x', $this->random->getInt(1, 3000)).'"']);
        $body = sprintf('{"value":%s,"ttl":%s}', $value, $this->one(['1', '60', '2592000', '0', '-1', '1.5', '1e2', '"1"', 'null', '99999999999999999999', '{}']));

        return match ($this->random->getInt(0, 9)) {
            0 => substr($body, 0, $this->random->getInt(0, strlen($body))),
            1 => $this->one(self::JSON),
            2 => $this->text(40),
            3 => '{"value":'.$value.'}',
            default => $body,
        };
    }

    private function body(): string
    {
        return $this->one([...self::JSON, 'a=1&b[]=2', "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"g\"\r\n\r\nh\r\n--x--\r\n", $this->text(200)]);
    }

    private function range(): string
    {
        return $this->one(['bytes=0-0', 'bytes=-1', 'bytes=5-', 'bytes=9-1', 'bytes=0-1,3-4', 'bytes=99999999999999999999-', 'bytes=', 'items=0-1', $this->text(10)]);
    }

    private function text(int $length): string
    {
        $bytes = '';
        for ($count = $this->random->getInt(1, $length); $count > 0; --$count) {
            $bytes .= $this->one(['a', 'Z', '0', ' ', '/', '"', '\\', '%', '&', '=', ';', '<', "'", '{', 'é', '🦊', "\xff", '.', ':', '-']);
        }

        return trim($bytes);
    }

    /** @return list<string> */
    private function maybe(string $line, int $percent): array
    {
        return $this->chance($percent) ? [$line] : [];
    }

    private function chance(int $percent): bool
    {
        return $this->random->getInt(1, 100) <= $percent;
    }

    /**
     * @template T of string
     *
     * @param non-empty-list<T> $choices
     *
     * @return T
     */
    private function one(array $choices): string
    {
        return $choices[$this->random->getInt(0, count($choices) - 1)];
    }
}
