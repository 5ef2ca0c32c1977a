<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\ConcurrentRequests;
use App\Tests\Servers\Flood;
use App\Tests\Servers\TestEnvironment;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Test;

final class FrontDoorTest extends FeatureTestCase
{
    /** @return iterable<string, array{string}> */
    public static function hiddenPaths(): iterable
    {
        foreach ([
            '/.env', '/composer.json', '/composer.lock', '/vendor/autoload.php', '/index.php', '/index.php/api/ping', '/src/Kernel.php', '/config/services.php', '/version.json',
            '/.git/config', '/slipway.yaml', '/var/cache/prod/App_KernelProdContainer.php', '/app.css/../composer.json', '/x/%2e%2e/composer.json', '/x/..%2fcomposer.json',
            '//composer.json', '/_problem/404', '/app.css/', '/app.css/x.php', '/public/app.css', '/api', '/api/', '/api/ping/', '/API/PING', '/media', '/media/',
            '/INDEX.PHP', '/Index.php/api/ping', '/index.php%20', '/index.php.', '/index.php~', '/api/x.php', '/x.php', '/_media/outbox/x', '/_media/blob',
        ] as $path) {
            yield $path => [$path];
        }
    }

    #[Test]
    #[DataProvider('hiddenPaths')]
    public function nothing_but_the_routes_and_the_assets_can_be_reached(string $path): void
    {
        self::assertProblem(404, $this->client->get($path));
    }

    #[Test]
    public function every_answer_has_a_request_id_and_forbids_sniffing_and_tells_no_version(): void
    {
        $ids = [];
        foreach (['/', '/api/ping', '/app.css', '/nothing', '/api/health', '/index.php', '/%2e%2e/%2e%2e/x', '/api/images?limit=0', '/media/x'] as $path) {
            $answer = $this->client->get($path);
            self::assertSame('nosniff', $answer->header('X-Content-Type-Options'), $path);
            self::assertMatchesRegularExpression('/^[0-9a-f]{32}$/', (string) $answer->header('X-Request-Id'), $path);
            self::assertNull($answer->header('X-Powered-By'), $path);
            self::assertSame('nginx', $answer->header('Server'), $path);
            $ids[] = $answer->header('X-Request-Id');
        }
        self::assertSame($ids, array_unique($ids));
    }

    #[Test]
    public function the_page_has_a_policy_that_lets_nothing_foreign_in(): void
    {
        self::assertStringContainsString("default-src 'none'", (string) $this->client->get('/')->header('Content-Security-Policy'));
    }

    #[Test]
    public function a_request_that_nginx_refuses_gets_a_problem_too(): void
    {
        self::assertProblem(413, $this->client->send('POST', '/api/ping', [], str_repeat('x', 2_097_153)));
        self::assertProblem(414, $this->client->get('/'.str_repeat('a', 70_000)));
        foreach (['/../composer.json', '/%2e%2e/composer.json', '/..%2fcomposer.json', '/media/../../etc/passwd'] as $path) {
            self::assertProblem(400, $this->client->get($path));
        }
        self::assertProblem(400, $this->client->get('/', ['X-Long' => str_repeat('a', 70_000)]));
        self::assertProblem(416, $this->client->get('/app.css', ['Range' => 'bytes=100000-']));
        $verb = $this->client->send('POST', '/app.css');
        self::assertProblem(405, $verb);
        self::assertSame('GET, HEAD', $verb->header('Allow'));
        self::assertStringContainsString('application/problem+json', $this->client->raw("GARBAGE\r\n\r\n"));
        self::assertStringContainsString('application/problem+json', $this->client->raw("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"));
    }

    #[Test]
    public function a_wrong_verb_is_405_with_the_right_ones(): void
    {
        foreach (['/', '/api/ping', '/version', '/api/images', '/api/health', '/api/health/live', '/api/openapi.json', '/media/x'] as $path) {
            $answer = $this->client->send('DELETE', $path);
            self::assertProblem(405, $answer);
            self::assertSame('GET, HEAD', $answer->header('Allow'));

            $head = $this->client->send('HEAD', $path);
            self::assertSame([$this->client->get($path)->status, ''], [$head->status, $head->body], $path);
        }
    }

    #[Test]
    public function the_host_header_shows_up_nowhere(): void
    {
        foreach (['/', '/api/ping/', '/nothing', '/version', '/media/x', '/api/openapi.json'] as $path) {
            $answer = $this->client->get($path, ['Host' => 'evil.example', 'X-Forwarded-Host' => 'evil.example', 'X-Original-URL' => '/internal/', 'X-Rewrite-URL' => '/internal/']);

            self::assertStringNotContainsString('evil', $answer->body.implode('', $answer->headers), $path);
        }
    }

    #[Test]
    public function an_error_of_the_application_stays_the_error_it_is(): void
    {
        $this->environment->redis->stop();
        $answer = $this->client->get('/api/cache/x', ['Authorization' => 'Bearer '.TestEnvironment::CACHE_TOKEN]);
        $this->environment->redis->start();
        $this->environment->redis->awaitReady();

        self::assertProblem(503, $answer);
        self::assertSame('The cache cannot be used at the moment.', $answer->text('detail'));
    }

    #[Test]
    public function settings_and_headers_of_a_client_cannot_become_environment(): void
    {
        self::assertSame(200, $this->client->get('/api/ping', ['Proxy' => 'http://evil.example:1', 'APP-CACHE-DIR' => '/nowhere', 'Sidecar-Port' => '1'])->status);
        self::assertTrue($this->client->send('POST', '/api/generate-image', ['Proxy' => 'http://evil.example:1'])->json()['durable']);
    }

    #[Test]
    public function source_code_and_hidden_files_are_never_static_files(): void
    {
        $package = $this->environment->anotherPackage();
        mkdir($package->directory.'/public/.well-known');
        mkdir($package->directory.'/public/folder');
        foreach (['x.php', 'X.PHP', 'x.phtml', 'x.php.bak', 'x.php~', 'x.php7', 'x.phar', 'x.inc', '.env', 'INDEX.PHP', 'folder/x.php', 'folder/.htaccess'] as $hidden) {
            file_put_contents($package->directory.'/public/'.$hidden, '<?php // SOURCE');
        }
        foreach (['x.phpx', 'php', 'x.txt', '.well-known/security.txt'] as $public) {
            file_put_contents($package->directory.'/public/'.$public, 'PUBLIC');
        }
        exec('chmod -R a+rX '.escapeshellarg($package->directory.'/public'));
        $application = $this->environment->another(['FPM_MAX_CHILDREN' => '1'], $package->directory);
        $application->start();
        $application->awaitReady();

        foreach (['x.php', 'X.PHP', 'x.phtml', 'x.php.bak', 'x.php~', 'x.php7', 'x.phar', 'x.inc', '.env', 'INDEX.PHP', 'folder/x.php', 'folder/.htaccess', 'x.php/y', 'x%2Ephp', 'x.ph%70'] as $hidden) {
            $answer = $application->client()->get('/'.$hidden);
            self::assertProblem(404, $answer);
            self::assertStringNotContainsString('SOURCE', $answer->body);
        }
        foreach (['x.phpx', 'php', 'x.txt', '.well-known/security.txt'] as $public) {
            self::assertSame('PUBLIC', $application->client()->get('/'.$public)->body, $public);
        }
        $application->stop();
    }

    #[Test]
    public function a_method_is_never_overridden_by_a_header(): void
    {
        foreach (['PUT', 'DELETE', 'GET'] as $method) {
            $answer = $this->client->send('POST', '/api/cache/overridden', ['X-HTTP-Method-Override' => $method, 'Authorization' => 'Bearer '.TestEnvironment::CACHE_TOKEN, 'Content-Type' => 'application/json'], '{"value":1}');
            self::assertProblem(405, $answer);
        }
    }

    #[Test]
    public function strict_transport_security_is_sent_over_tls_only(): void
    {
        foreach (['/api/ping', '/app.css', '/nothing', '/api/health/live', '/media/x'] as $path) {
            self::assertSame('max-age=31536000', $this->client->get($path, ['X-Forwarded-Proto' => 'https'])->header('Strict-Transport-Security'), $path);
            self::assertNull($this->client->get($path)->header('Strict-Transport-Security'), $path);
        }
        self::assertNotNull($this->client->send('POST', '/app.css', ['X-Forwarded-Proto' => 'https'])->header('Strict-Transport-Security'));
    }

    /** @return iterable<string, array{string}> */
    public static function floodedPaths(): iterable
    {
        yield 'the live check' => ['/api/health/live'];
        yield 'the deep check' => ['/api/health'];
        yield 'internal' => ['/internal/x'];
    }

    #[Test]
    #[DataProvider('floodedPaths')]
    public function one_client_with_400_connections_does_not_keep_others_out(string $path): void
    {
        $port = $this->environment->application->port;
        $flood = new Flood($port, $path, 400);
        $probes = [];
        while (count($probes) < 25) {
            $probe = new ConcurrentRequests($port, ['/api/health/live'], from: '127.0.0.2');
            while ($probe->pending() > 0) {
                $flood->drive();
            }
            $probes[] = $probe->finish()[0]->status;
        }
        $statuses = $flood->stop();

        self::assertSame(array_fill(0, 25, 200), $probes);
        self::assertGreaterThan(0, $statuses[429] ?? 0, 'the limit was met');
        self::assertArrayNotHasKey(502, $statuses);
        $this->assertSoon('the flooding client is served again', fn (): bool => 200 === $this->client->get('/api/health/live')->status);
    }
}
