<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** Concurrent requests that run while the test does something else. */
final readonly class ConcurrentRequests
{
    private \CurlMultiHandle $multi;

    /** @var list<\CurlHandle> */
    private array $handles;

    /**
     * @param list<string>     $targets
     * @param non-empty-string $from    address of the client
     */
    public function __construct(int $port, array $targets, string $from = '127.0.0.1')
    {
        $this->multi = curl_multi_init();
        $handles = [];
        foreach ($targets as $target) {
            $handles[] = $handle = curl_init();
            curl_setopt_array($handle, [
                \CURLOPT_URL => 'http://127.0.0.1:'.$port.$target,
                \CURLOPT_RETURNTRANSFER => true,
                \CURLOPT_TIMEOUT_MS => 30_000,
                \CURLOPT_PROXY => '',
                \CURLOPT_INTERFACE => $from,
            ]);
            curl_multi_add_handle($this->multi, $handle);
        }
        $this->handles = $handles;
    }

    /** Waits until every request is sent. */
    public function awaitStarted(): void
    {
        Wait::until('every request is sent', function (): bool {
            $this->drive();

            return [] === array_filter($this->handles, static fn (\CurlHandle $handle): bool => 0.0 === curl_getinfo($handle, \CURLINFO_PRETRANSFER_TIME));
        });
    }

    /** @return int number of requests without a response */
    public function pending(): int
    {
        return $this->drive();
    }

    /** @return list<Response> in the order of the targets, without their headers */
    public function finish(): array
    {
        while ($this->drive() > 0) {
        }

        return array_map(static fn (\CurlHandle $handle): Response => new Response(
            curl_getinfo($handle, \CURLINFO_RESPONSE_CODE),
            [],
            (string) curl_multi_getcontent($handle),
            curl_getinfo($handle, \CURLINFO_TOTAL_TIME),
        ), $this->handles);
    }

    private function drive(): int
    {
        curl_multi_exec($this->multi, $active);
        curl_multi_select($this->multi, 0.01);

        return is_int($active) ? $active : 0;
    }
}
