<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\Client;
use App\Tests\Servers\Response;
use App\Tests\Servers\TestEnvironment;
use App\Tests\Servers\Wait;
use PHPUnit\Framework\TestCase;

abstract class FeatureTestCase extends TestCase
{
    protected TestEnvironment $environment;
    protected Client $client;

    protected function setUp(): void
    {
        $this->environment = TestEnvironment::get();
        $this->client = $this->environment->client;
    }

    protected static function assertProblem(int $status, Response $answer): void
    {
        self::assertSame($status, $answer->status, $answer->body);
        self::assertSame('application/problem+json', $answer->header('Content-Type'));
        $problem = $answer->json();
        self::assertSame($status, $problem['status'] ?? null);
        self::assertStringStartsWith('/problems/', $answer->text('type'));
        self::assertNotSame('', $answer->text('title'));
        self::assertSame($answer->header('X-Request-Id'), $problem['requestId'] ?? null);
    }

    /** @param callable(): bool $condition */
    protected function assertSoon(string $what, callable $condition, float $seconds = 30.0): void
    {
        Wait::until($what, $condition, $seconds);
        $this->addToAssertionCount(1);
    }

    /** @return array<string, string> */
    protected static function releaseToken(): array
    {
        return ['Authorization' => 'Bearer '.TestEnvironment::RELEASE_TOKEN];
    }

    protected static function ulid(): string
    {
        return (new \Symfony\Component\Uid\Ulid())->toBase32();
    }
}
