<?php

declare(strict_types=1);

namespace Slipway\Workers\Tests;

use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;
use Slipway\Agent\Agent;
use Slipway\Agent\Settings;

final class ReadinessTest extends TestCase
{
    /** Nothing listens there. */
    private const CLOSED_PORT = '1';
    private const SIDECAR = <<<'PHP'
        $server = stream_socket_server('tcp://127.0.0.1:0');
        echo stream_socket_get_name($server, false), "\n";
        $connection = stream_socket_accept($server, 60);
        fread($connection, 4096);
        $body = '{"ready":true,"blob":"'.$argv[1].'"}';
        fwrite($connection, "HTTP/1.1 200 OK\r\nContent-Length: ".strlen($body)."\r\nConnection: close\r\n\r\n$body");
        PHP;

    protected function tearDown(): void
    {
        putenv('SIDECAR_PORT');
        putenv('FPM_STARTED_AT');
    }

    public function test_a_container_whose_sidecar_does_not_answer_yet_is_not_ready(): void
    {
        self::assertSame(503, $this->statusOf(self::CLOSED_PORT, '+1 hour'));
    }

    public function test_a_sidecar_that_does_not_come_keeps_no_site_down(): void
    {
        self::assertSame(200, $this->statusOf(self::CLOSED_PORT, '-20 seconds'));
    }

    #[TestWith(['up', '+1 hour', 200])]
    #[TestWith(['unknown', '+1 hour', 503])]
    #[TestWith(['away', '+1 hour', 503])]
    #[TestWith(['away', '-20 seconds', 200])]
    public function test_a_container_is_ready_when_its_sidecar_has_reached_blob_or_the_time_is_over(string $blob, string $started, int $status): void
    {
        $sidecar = proc_open([\PHP_BINARY, '-r', self::SIDECAR, $blob], [1 => ['pipe', 'w']], $pipes);
        self::assertIsResource($sidecar);
        $port = substr(trim((string) fgets($pipes[1])), strlen('127.0.0.1:'));
        self::assertSame($status, $this->statusOf($port, $started));
        proc_terminate($sidecar);
        proc_close($sidecar);
    }

    private function statusOf(string $port, string $started): int
    {
        putenv("SIDECAR_PORT=$port");
        putenv('FPM_STARTED_AT='.gmdate('Y-m-d\TH:i:s\Z', (int) strtotime($started)));

        return (new Agent(Settings::fromEnvironment()))->answer('GET', 'ready', '', [])->status;
    }
}
