<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\Application;
use App\Tests\Servers\TestEnvironment;
use PHPUnit\Framework\Attributes\Test;

final class RateLimitTest extends FeatureTestCase
{
    private static ?Application $application = null;

    public static function tearDownAfterClass(): void
    {
        self::$application?->stop();
        self::$application = null;
    }

    protected function setUp(): void
    {
        parent::setUp();
        if (null === self::$application) {
            self::$application = TestEnvironment::get()->another(['IMAGE_RATE_PER_MINUTE' => '3', 'TRUSTED_PROXIES' => '127.0.0.0/8,10.0.0.0/8', 'FPM_MAX_CHILDREN' => '2']);
            self::$application->start();
            self::$application->awaitReady();
        }
        $this->client = self::$application->client();
        $this->environment->redis->client()->flushAll();
    }

    #[Test]
    public function a_client_over_its_rate_is_told_when_to_come_back(): void
    {
        self::assertSame([201, 201, 201], $this->make('203.0.113.7', 3));
        $refused = $this->client->send('POST', '/api/generate-image?width=16&height=16', ['X-Forwarded-For' => '203.0.113.7']);

        self::assertProblem(429, $refused);
        self::assertContains((int) $refused->header('Retry-After'), range(1, 60));
        self::assertSame([201], $this->make('203.0.113.8', 1));
    }

    #[Test]
    public function the_address_comes_from_trusted_proxies_only(): void
    {
        // App Service appends the port, the front end appends the client's address, and the client's own claims stand further left.
        self::assertSame([201, 201, 201, 429], $this->make('198.51.100.1, 203.0.113.9:4711, 10.1.2.3', 4));
        self::assertSame([429], $this->make('192.0.2.55, 203.0.113.9:4712, 10.1.2.3', 1));

        self::assertSame([201], $this->make('198.51.100.1, 203.0.113.99:4713, 10.1.2.3', 1));

        // The first application trusts no proxy, so the header changes nothing.
        $plain = $this->environment->client;
        $plain->send('POST', '/api/generate-image?width=16&height=16', ['X-Forwarded-For' => '203.0.113.77']);
        $keys = $this->environment->redis->client()->keys('rate:image:*');
        self::assertContains('rate:image:127.0.0.1', $keys);
        self::assertNotContains('rate:image:203.0.113.77', $keys);
    }

    #[Test]
    public function behind_front_door_the_address_is_the_one_that_front_door_saw(): void
    {
        $application = $this->environment->another(['IMAGE_RATE_PER_MINUTE' => '3', 'TRUSTED_PROXIES' => '127.0.0.0/8', 'CLIENT_ADDRESS_HEADER' => 'X-Azure-SocketIP', 'FPM_MAX_CHILDREN' => '1']);
        $application->start();
        $application->awaitReady();
        // Two visitors through one of Front Door's many addresses, each with a claim of its own.
        foreach (['203.0.113.20', '203.0.113.21'] as $visitor) {
            $application->client()->send('POST', '/api/generate-image?width=16&height=16', ['X-Azure-SocketIP' => $visitor, 'X-Forwarded-For' => '6.6.6.6, 147.243.1.1:4711']);
        }
        // The platform's own requests have no such header.
        $application->client()->send('POST', '/api/generate-image?width=16&height=16', ['X-Forwarded-For' => '6.6.6.6']);
        $application->stop();

        self::assertEqualsCanonicalizing(
            ['rate:image:203.0.113.20', 'rate:image:203.0.113.21', 'rate:image:127.0.0.1'],
            $this->environment->redis->client()->keys('rate:image:*'),
        );
    }

    #[Test]
    public function the_window_begins_with_the_first_image_and_is_not_prolonged_by_others(): void
    {
        $this->make('203.0.113.30', 1);
        $redis = $this->environment->redis->client();
        $redis->pexpire('rate:image:203.0.113.30', 30_000);
        $this->make('203.0.113.30', 1);

        self::assertLessThanOrEqual(30_000, $redis->pttl('rate:image:203.0.113.30'));
    }

    #[Test]
    public function addresses_of_one_ipv6_network_count_together(): void
    {
        self::assertSame([201, 201], $this->make('2001:db8:1:2::1', 2));
        self::assertSame([201, 429], $this->make('2001:db8:1:2:ffff::9', 2));
        self::assertSame([201], $this->make('2001:db8:1:3::1', 1));
    }

    #[Test]
    public function a_refused_option_costs_nothing(): void
    {
        for ($request = 0; $request < 5; ++$request) {
            self::assertSame(422, $this->client->send('POST', '/api/generate-image?width=1', ['X-Forwarded-For' => '203.0.113.10'])->status);
        }
        self::assertSame([201], $this->make('203.0.113.10', 1));
    }

    #[Test]
    public function without_redis_nobody_is_held_back(): void
    {
        $this->environment->redis->stop();
        $statuses = $this->make('203.0.113.11', 5);
        $this->environment->redis->start();
        $this->environment->redis->awaitReady();

        self::assertSame([201, 201, 201, 201, 201], $statuses);
    }

    /** @return list<int> */
    private function make(string $forwardedFor, int $times): array
    {
        $statuses = [];
        for ($request = 0; $request < $times; ++$request) {
            $statuses[] = $this->client->send('POST', '/api/generate-image?width=16&height=16', ['X-Forwarded-For' => $forwardedFor])->status;
        }

        return $statuses;
    }
}
