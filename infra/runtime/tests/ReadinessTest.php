<?php

declare(strict_types=1);

namespace Slipway\Workers\Tests;

use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;
use Slipway\Agent\Agent;
use Slipway\Agent\Readiness;
use Slipway\Agent\Settings;

final class ReadinessTest extends TestCase
{
    private const STARTED = 1_800_000_000;
    private const PROCESSES = 3;
    private const VARIABLES = ['SIDECAR_PORT', 'FPM_STARTED_AT', 'FPM_MAX_CHILDREN', 'APP_INTERNAL_URL', 'RELEASE_TOKEN', 'SLIPWAY_APP_JSON', 'RUN_DIR'];
    private ?LoopbackServer $server = null;
    private float $now = self::STARTED;
    private string $container = '';

    protected function setUp(): void
    {
        $this->container = sys_get_temp_dir().'/slipway-container-'.bin2hex(random_bytes(6));
        mkdir($this->container.'/tmp', 0o700, true);
    }

    protected function tearDown(): void
    {
        $this->server?->stop();
        array_map(static fn (string $name): bool => putenv($name), self::VARIABLES);
        array_map(unlink(...), [...glob($this->container.'/*.json') ?: [], ...glob($this->container.'/tmp/*') ?: []]);
        rmdir($this->container.'/tmp');
        rmdir($this->container);
    }

    public function test_waits_until_the_sidecar_has_reached_blob_then_warms_each_process(): void
    {
        $this->await(['unknown', 'away', 'up'], ['smoke' => [['path' => '/start', 'status' => 302], '/other']]);
        self::assertEqualsWithDelta(0.2, $this->now - self::STARTED, 0.001);
        self::assertSame(['GET /readyz', 'GET /readyz', 'GET /readyz', 'GET /start slipway-warm-up', 'GET /start slipway-warm-up', 'GET /start slipway-warm-up'], $this->requests());
    }

    public function test_is_warmed_once_for_each_start(): void
    {
        $this->await(['up'], ['smoke' => ['/start']]);
        $this->awaitAgain();
        self::assertCount(self::PROCESSES, array_keys($this->requests(), 'GET /start slipway-warm-up', true));
        putenv('FPM_STARTED_AT='.gmdate('Y-m-d\TH:i:s\Z', self::STARTED + 1));
        $this->awaitAgain();
        self::assertCount(2 * self::PROCESSES, array_keys($this->requests(), 'GET /start slipway-warm-up', true));
    }

    public function test_an_application_that_can_warm_itself_is_told_to(): void
    {
        $this->await(['up'], ['smoke' => ['/'], 'provides' => ['warm' => '/internal/release/warm']]);
        self::assertSame(['GET /readyz', 'POST /internal/release/warm Bearer secret'], $this->requests());
    }

    #[TestWith(['away'])]
    #[TestWith(['unknown'])]
    public function test_a_blob_that_does_not_come_keeps_no_site_down(string $blob): void
    {
        $this->await([$blob], ['smoke' => ['/']]);
        self::assertEqualsWithDelta(20, $this->now - self::STARTED, 0.1);
        self::assertSame(['GET /readyz'], array_values(array_unique($this->requests())));
    }

    public function test_a_container_that_started_long_ago_is_ready_without_questions(): void
    {
        $this->now = self::STARTED + 20;
        $this->await(['away'], ['smoke' => ['/']]);
        self::assertSame([], $this->requests());
    }

    public function test_the_release_tool_warms_each_process_of_an_application_that_has_no_route_for_it(): void
    {
        $this->server = new LoopbackServer(['up']);
        $this->describe(['smoke' => ['/start']]);
        $answer = (new Agent(Settings::fromEnvironment()))->answer('POST', 'release/warm', 'Bearer secret', []);
        self::assertSame(['requests' => self::PROCESSES, 'answered' => self::PROCESSES], $answer->body);
        self::assertSame(array_fill(0, self::PROCESSES, 'GET /start slipway-warm-up'), $this->requests());
    }

    public function test_an_application_that_does_not_answer_is_left_cold(): void
    {
        $this->server = new LoopbackServer(['up']);
        $this->describe(['smoke' => ['/start']]);
        putenv('APP_INTERNAL_URL=http://127.0.0.1:1');
        $answer = (new Agent(Settings::fromEnvironment()))->answer('POST', 'release/warm', 'Bearer secret', []);
        self::assertSame(['requests' => self::PROCESSES, 'answered' => 0], $answer->body);
    }

    /**
     * @param list<string>        $blob
     * @param array<string,mixed> $application
     */
    private function await(array $blob, array $application): void
    {
        $this->server = new LoopbackServer($blob);
        $this->describe($application);
        $this->awaitAgain();
    }

    private function awaitAgain(): void
    {
        $readiness = new Readiness(Settings::fromEnvironment(), fn (): float => $this->now, function (int $microseconds): void {
            $this->now += $microseconds / 1_000_000;
        });
        $readiness->await();
    }

    /** @param array<string, mixed> $application */
    private function describe(array $application): void
    {
        $description = $this->container.'/app.json';
        file_put_contents($description, json_encode(['application' => $application], \JSON_THROW_ON_ERROR));
        $port = $this->server?->port;
        $values = [(string) $port, gmdate('Y-m-d\TH:i:s\Z', self::STARTED), (string) self::PROCESSES, "http://127.0.0.1:$port", 'secret', $description, $this->container];
        foreach (array_combine(self::VARIABLES, $values) as $name => $value) {
            putenv("$name=$value");
        }
    }

    /** @return list<string> */
    private function requests(): array
    {
        return $this->server?->requests() ?? [];
    }
}
