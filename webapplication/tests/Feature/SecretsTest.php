<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\Client;
use App\Tests\Servers\DatabaseServer;
use App\Tests\Servers\RedisServer;
use App\Tests\Servers\TestEnvironment;
use PHPUnit\Framework\Attributes\Test;

final class SecretsTest extends FeatureTestCase
{
    #[Test]
    public function no_log_and_no_trace_holds_a_token_a_password_or_a_cache_value(): void
    {
        $value = 'value-secret-77aa';
        $cache = ['Authorization' => 'Bearer '.TestEnvironment::CACHE_TOKEN, 'Content-Type' => 'application/json'];
        $application = $this->environment->another(['FPM_MAX_CHILDREN' => '1']);
        $application->start();
        $application->awaitReady();
        $ask = static function (Client $client) use ($cache, $value): void {
            $client->send('PUT', '/api/cache/k', $cache, '{"value":"'.$value.'"}');
            $client->get('/api/cache/k', $cache);
            $client->send('PUT', '/api/cache/k', ['Authorization' => 'Bearer wrong-'.TestEnvironment::CACHE_TOKEN], '{"value":"'.$value.'"}');
            $client->get('/api/images');
            $client->get('/api/health');
            $client->send('POST', '/internal/release/migrate', self::releaseToken());
            $client->send('POST', '/api/generate-image?width=16&height=16');
        };
        $ask($application->client());
        $this->environment->mysql->stop();
        $this->environment->redis->stop();
        $ask($application->client());
        $this->environment->mysql->start();
        $this->environment->redis->start();
        $this->environment->mysql->awaitReady();
        $this->environment->redis->awaitReady();
        // Drivers put connection details into the error of a refused password.
        $application->stop();
        $refused = $this->environment->another(['FPM_MAX_CHILDREN' => '1', 'DATABASE_PASSWORD' => 'mysql-secret-wrong', 'REDIS_PASSWORD' => 'redis-secret-wrong']);
        $refused->start();
        $refused->awaitReady();
        $ask($refused->client());
        $refused->stop();

        $logged = $application->logged().$refused->logged().json_encode($this->environment->sidecar->spans());
        self::assertGreaterThan(1000, strlen($logged));
        foreach ([TestEnvironment::CACHE_TOKEN, TestEnvironment::RELEASE_TOKEN, DatabaseServer::PASSWORD, RedisServer::PASSWORD, $value, 'mysql-secret-wrong', 'redis-secret-wrong'] as $secret) {
            self::assertStringNotContainsString($secret, $logged);
        }
        self::assertSame(200, $this->client->send('POST', '/internal/journal/flush', self::releaseToken())->status);
    }

    #[Test]
    public function a_log_line_carries_the_request_and_the_trace_it_belongs_to(): void
    {
        $trace = bin2hex(random_bytes(16));
        $before = strlen($this->environment->application->logged());
        $this->environment->redis->stop();
        $answer = $this->client->get('/api/cache/k', ['Authorization' => 'Bearer '.TestEnvironment::CACHE_TOKEN, 'traceparent' => '00-'.$trace.'-b7ad6b7169203331-01']);
        $this->environment->redis->start();
        $this->environment->redis->awaitReady();

        $this->assertSoon('the line is there', function () use ($before, $trace, $answer): bool {
            foreach (explode("\n", substr($this->environment->application->logged(), $before)) as $line) {
                $record = (array) json_decode($line, true);
                if (($record['extra'] ?? null) === ['requestId' => $answer->header('X-Request-Id'), 'traceId' => $trace]) {
                    return 'WARNING' === $record['level_name'];
                }
            }

            return false;
        });
    }

    #[Test]
    public function a_key_vault_reference_that_was_not_resolved_opens_no_door(): void
    {
        $reference = '@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/cache-api-token)';
        $application = $this->environment->another(['FPM_MAX_CHILDREN' => '1', 'CACHE_API_TOKEN' => $reference, 'RELEASE_TOKEN' => '']);
        $application->start();
        $application->awaitReady();

        self::assertProblem(401, $application->client()->get('/api/cache/k', ['Authorization' => 'Bearer '.$reference]));
        self::assertProblem(404, $application->client()->send('POST', '/internal/release/warm', ['Authorization' => 'Bearer ']));
        $application->stop();
    }
}
