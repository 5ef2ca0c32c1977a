<?php

declare(strict_types=1);

namespace App\Tests\Unit;

use App\Resilience\CircuitBreaker;
use App\Settings;
use PHPUnit\Framework\Attributes\Test;
use PHPUnit\Framework\TestCase;

final class CircuitBreakerTest extends TestCase
{
    private string $directory;
    private CircuitBreaker $breaker;

    protected function setUp(): void
    {
        $this->directory = sys_get_temp_dir().'/slipway-php-breaker-'.bin2hex(random_bytes(4));
        mkdir($this->directory.'/tmp', recursive: true);
        putenv('RUN_DIR='.$this->directory);
        $this->breaker = new CircuitBreaker(Settings::fromEnvironment());
    }

    protected function tearDown(): void
    {
        putenv('RUN_DIR');
        exec('rm -rf '.escapeshellarg($this->directory));
    }

    #[Test]
    public function it_opens_after_three_timeouts_in_a_row(): void
    {
        $this->timeouts(2);
        $afterTwo = $this->breaker->allows('mysql');
        $this->timeouts(1);

        self::assertTrue($afterTwo);
        self::assertFalse($this->breaker->allows('mysql'));
        self::assertTrue($this->breaker->allows('redis'), 'each dependency has its own');
    }

    #[Test]
    public function an_answer_closes_it(): void
    {
        $this->timeouts(2);
        $this->breaker->recordSuccess('mysql');
        $this->timeouts(2);

        self::assertTrue($this->breaker->allows('mysql'));
    }

    #[Test]
    public function after_a_while_one_request_may_try_and_the_next_ones_may_not(): void
    {
        $this->timeouts(3);
        touch($this->directory.'/tmp/hangs-mysql', time() - 10);

        self::assertTrue($this->breaker->allows('mysql'));
        self::assertFalse($this->breaker->allows('mysql'));
    }

    private function timeouts(int $count): void
    {
        for ($timeout = 0; $timeout < $count; ++$timeout) {
            $this->breaker->recordTimeout('mysql');
        }
    }
}
