<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Test;

/** FUZZ_REQUESTS is the number of requests per group of routes (500, in the long form 5000), FUZZ_SEED the seed (1). */
final class FuzzTest extends FeatureTestCase
{
    private const AT_ONCE = 6;
    /** Text that would leak internals: paths, source files, stack traces. */
    private const LEAKS = '{/work/|/tmp/|/home/|vendor/|\.php\b|Stack trace|#0 |Exception|SQLSTATE|Symfony}';

    /** @return iterable<string, array{string}> */
    public static function families(): iterable
    {
        foreach (RandomRequests::FAMILIES as $family) {
            yield $family => [$family];
        }
    }

    #[Test]
    #[DataProvider('families')]
    public function no_request_however_odd_gets_a_server_error_a_leak_or_a_warning(string $family): void
    {
        $seed = self::number('FUZZ_SEED', 1);
        $requests = new RandomRequests($seed + crc32($family) % 1000);
        $left = self::number('FUZZ_REQUESTS', 'long' === getenv('SLIPWAY_TEST_FORM') ? 5000 : 500);
        $logged = strlen($this->environment->application->logged());
        $statuses = [];
        $multi = curl_multi_init();
        $running = 0;
        do {
            while ($left > 0 && $running < self::AT_ONCE) {
                [$method, $target, $headers, $body] = $requests->next($family);
                curl_multi_add_handle($multi, $this->request($method, $target, $headers, $body));
                --$left;
                ++$running;
            }
            curl_multi_exec($multi, $active);
            curl_multi_select($multi, 0.05);
            while (false !== $done = curl_multi_info_read($multi)) {
                self::assertInstanceOf(\CurlHandle::class, $done['handle']);
                --$running;
                $this->evaluate($done['handle'], $statuses);
                curl_multi_remove_handle($multi, $done['handle']);
            }
        } while ($running > 0 || $left > 0);

        self::assertGreaterThan(1, count($statuses), 'more than one kind of answer, else the requests are not odd enough');
        self::assertDoesNotMatchRegularExpression('{PHP (Warning|Notice|Deprecated|Fatal)|Unhandled}', substr($this->environment->application->logged(), $logged));
    }

    /**
     * @param non-empty-string $method
     * @param list<string>     $headers
     */
    private function request(string $method, string $target, array $headers, ?string $body): \CurlHandle
    {
        $handle = curl_init();
        $lines = array_map(static fn (string $line): string => strtr($line, ["\r" => '', "\n" => '', "\0" => '']), $headers);
        curl_setopt_array($handle, [
            \CURLOPT_URL => 'http://127.0.0.1:'.$this->environment->application->port.strtr($target, [' ' => '%20', '#' => '%23']),
            \CURLOPT_CUSTOMREQUEST => $method,
            \CURLOPT_NOBODY => 'HEAD' === $method,
            \CURLOPT_PATH_AS_IS => true,
            \CURLOPT_RETURNTRANSFER => true,
            \CURLOPT_TIMEOUT_MS => 20_000,
            \CURLOPT_HTTPHEADER => [...$lines, 'Expect:'],
            \CURLOPT_PRIVATE => substr($method.' '.$target.' '.implode(' | ', $headers).' '.$body, 0, 1500),
        ]);
        if (null !== $body && 'HEAD' !== $method) {
            curl_setopt($handle, \CURLOPT_POSTFIELDS, $body);
        }

        return $handle;
    }

    /** @param array<int, int> $statuses */
    private function evaluate(\CurlHandle $handle, array &$statuses): void
    {
        $request = (string) json_encode(curl_getinfo($handle, \CURLINFO_PRIVATE), \JSON_INVALID_UTF8_SUBSTITUTE);
        $status = curl_getinfo($handle, \CURLINFO_RESPONSE_CODE);
        $body = (string) curl_multi_getcontent($handle);
        $statuses[$status] = ($statuses[$status] ?? 0) + 1;

        self::assertGreaterThanOrEqual(200, $status, $request.' '.curl_error($handle));
        self::assertLessThan(500, $status, $request.' '.$body);
        if ($status >= 400 && '' !== $body) {
            self::assertSame('application/problem+json', curl_getinfo($handle, \CURLINFO_CONTENT_TYPE), $request.' '.$body);
            self::assertDoesNotMatchRegularExpression(self::LEAKS, $body, $request);
        }
    }

    private static function number(string $variable, int $default): int
    {
        $value = getenv($variable);

        return false === $value ? $default : (int) $value;
    }
}
