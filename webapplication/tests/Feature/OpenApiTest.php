<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Kernel;
use App\Tests\Servers\Response;
use App\Tests\Servers\TestEnvironment;
use App\Tests\Servers\Text;
use Opis\JsonSchema\Errors\ErrorFormatter;
use Opis\JsonSchema\Validator;
use PHPUnit\Framework\Attributes\Test;
use Symfony\Component\Routing\RouterInterface;

final class OpenApiTest extends FeatureTestCase
{
    private const DOCUMENT = __DIR__.'/../../openapi.json';

    #[Test]
    public function the_document_and_the_routes_are_the_same(): void
    {
        $described = [];
        foreach ((array) self::document()['paths'] as $path => $item) {
            foreach (array_intersect(array_keys((array) $item), ['get', 'post', 'put', 'delete', 'patch']) as $method) {
                $described[] = strtoupper((string) $method).' '.$path;
            }
        }
        $routed = [];
        $_SERVER['APP_CACHE_DIR'] = $this->environment->directory.'/kernel';
        $kernel = new Kernel('prod', false);
        $kernel->boot();
        unset($_SERVER['APP_CACHE_DIR']);
        $router = $kernel->getContainer()->get('router');
        self::assertInstanceOf(RouterInterface::class, $router);
        $withHead = [];
        foreach ($router->getRouteCollection() as $route) {
            foreach (array_diff($route->getMethods(), ['HEAD']) as $method) {
                $routed[] = $method.' '.$route->getPath();
            }
            if (in_array('HEAD', $route->getMethods(), true)) {
                $withHead[] = 'GET '.$route->getPath();
            }
        }
        restore_exception_handler();

        self::assertEqualsCanonicalizing($routed, $described);
        self::assertEqualsCanonicalizing(
            array_filter($described, static fn (string $route): bool => str_starts_with($route, 'GET ') && 'GET /api/generate-image' !== $route),
            $withHead,
            'HEAD is answered wherever GET is, but where GET makes something',
        );
    }

    #[Test]
    public function the_page_for_people_names_every_route_too(): void
    {
        $page = (string) file_get_contents(__DIR__.'/../../../docs/reference/http-api.md');
        foreach (array_keys((array) self::document()['paths']) as $path) {
            self::assertMatchesRegularExpression('~`(GET|POST|PUT|DELETE) '.preg_quote(strtr((string) $path, ['{path}' => '<path>']), '~').'[`?]~', $page);
        }
    }

    #[Test]
    public function the_limit_of_concurrent_requests_stands_wherever_it_holds(): void
    {
        foreach ((array) self::document()['paths'] as $path => $item) {
            if (1 !== preg_match('~^/(api/health|internal)/?~', (string) $path)) {
                continue;
            }
            foreach ((array) $item as $operation) {
                self::assertArrayHasKey(429, (array) ((array) $operation)['responses'], (string) $path);
            }
        }
    }

    #[Test]
    public function it_is_served_as_it_is(): void
    {
        $answer = $this->client->get('/api/openapi.json');

        self::assertSame('3.1.0', $answer->text('openapi'));
        self::assertStringEqualsFile(self::DOCUMENT, $answer->body);
    }

    #[Test]
    public function real_answers_are_what_it_says(): void
    {
        $cache = ['Authorization' => 'Bearer '.TestEnvironment::CACHE_TOKEN];
        $json = $cache + ['Content-Type' => 'application/json'];
        $key = 'openapi-'.bin2hex(random_bytes(4));
        $release = self::releaseToken();
        $image = $this->client->send('POST', '/api/generate-image')->text('url');
        $job = $this->client->send('POST', '/internal/release/migrate', $release)->text('job');
        $calls = [
            ['get', '/', 200], ['get', '/api/ping', 200], ['get', '/api/health', 200], ['get', '/api/health/live', 200], ['get', '/version', 200], ['get', '/api/openapi.json', 200],
            ['post', '/api/generate-image', 201], ['post', '/api/generate-image', 422, '?width=1'], ['get', '/api/generate-image', 201, '?format=webp'], ['get', '/api/generate-image', 403, '', ['Sec-Fetch-Site' => 'cross-site']],
            ['get', '/media/{path}', 200, $image], ['get', '/media/{path}', 206, $image, ['Range' => 'bytes=0-1']], ['get', '/media/{path}', 304, $image, ['If-None-Match' => '*']], ['get', '/media/{path}', 404, '/media/none'],
            ['get', '/media/{path}', 412, $image, ['If-Match' => '"x"']], ['get', '/media/{path}', 416, $image, ['Range' => 'bytes=999999999-']],
            ['get', '/api/images', 200, '?limit=1'], ['get', '/api/images', 422, '?limit=0'],
            ['put', '/api/cache/{key}', 201, '/api/cache/'.$key, $json, '{"value":{"a":[1]}}'], ['put', '/api/cache/{key}', 200, '/api/cache/'.$key, $json, '{"value":2}'], ['get', '/api/cache/{key}', 200, '/api/cache/'.$key, $cache],
            ['delete', '/api/cache/{key}', 204, '/api/cache/'.$key, $cache], ['get', '/api/cache/{key}', 404, '/api/cache/'.$key, $cache], ['get', '/api/cache/{key}', 401, '/api/cache/'.$key],
            ['put', '/api/cache/{key}', 400, '/api/cache/'.$key, $json, '{'], ['put', '/api/cache/{key}', 415, '/api/cache/'.$key, $cache, '{'], ['put', '/api/cache/{key}', 422, '/api/cache/_', $json, '{"value":1}'],
            ['put', '/api/cache/{key}', 413, '/api/cache/'.$key, $json, '{"value":"'.str_repeat('x', 1_048_576).'"}'],
            ['get', '/internal/release/migrate', 200, '', $release], ['get', '/internal/release/migrate', 422, '?kind=x', $release], ['post', '/internal/release/migrate', 409, '', $release, '{"judged":"'.str_repeat('0', 64).'"}'], ['post', '/internal/release/migrate', 202, '', $release], ['get', '/internal/release/migrate/{job}', 404, '/internal/release/migrate/x', $release], ['post', '/internal/release/drain', 200, '', $release],
            ['post', '/internal/release/probe', 201, '', $release], ['post', '/internal/release/warm', 200, '', $release], ['post', '/internal/journal/flush', 200, '', $release],
            ['get', '/internal/media', 200, '', $release], ['get', '/internal/media', 404], ['post', '/internal/media/retry', 202, '', $release], ['post', '/internal/media/retry', 404, '?name=unknown', $release],
            ['post', '/internal/media/retry', 409, '?name=taken', $release], ['post', '/internal/media/retry', 422, '?name=', $release], ['post', '/internal/release/probe', 404],
            ['post', '/internal/media/set-aside', 200, '?name=some', $release], ['post', '/internal/media/set-aside', 404, '?name=unknown', $release], ['post', '/internal/media/set-aside', 422, '', $release],
            ['post', '/internal/media/set-aside', 422, '?name=..%2Fbad', $release], ['post', '/internal/media/set-aside', 503, '?name=fails', $release], ['delete', '/internal/release/migrate/{job}', 200, '/internal/release/migrate/'.$job, $release],
            ['delete', '/internal/release/migrate/{job}', 404, '/internal/release/migrate/00000000000000000000000009', $release],
        ];
        foreach ($calls as $call) {
            [$method, $path, $status, $target, $headers, $body] = $call + [3 => '', 4 => [], 5 => null];
            $answer = $this->client->send(strtoupper($method), str_starts_with($target, '/') ? $target : $path.$target, $headers, $body);
            self::assertSame($status, $answer->status, $method.' '.$path.': '.substr($answer->body, 0, 300));
            $this->assertDescribed($method, $path, $answer);
        }
    }

    private function assertDescribed(string $method, string $path, Response $answer): void
    {
        $pointer = sprintf('/paths/%s/%s/responses/%d', strtr($path, ['~' => '~0', '/' => '~1']), $method, $answer->status);
        $response = self::at($pointer) ?? self::fail($pointer.' is not described');
        if (isset($response['$ref'])) {
            $pointer = substr(Text::of($response['$ref']), 1);
            $response = (array) self::at($pointer);
        }
        foreach ((array) ($response['headers'] ?? []) as $header => $description) {
            self::assertNotNull($answer->header((string) $header), $pointer.' '.$header);
        }
        $content = (array) ($response['content'] ?? []);
        if ([] === $content) {
            self::assertSame('', $answer->body, $pointer);

            return;
        }
        $type = trim(explode(';', (string) $answer->header('Content-Type'))[0]);
        self::assertTrue(isset($content[$type]) || isset($content['*/*']), $pointer.' '.$type);
        if (str_ends_with($type, 'json')) {
            $this->assertValid($pointer.'/content/'.strtr($type, ['/' => '~1']).'/schema', $answer->body);
        }
    }

    private function assertValid(string $pointer, string $json): void
    {
        static $validator = null;
        if (!$validator instanceof Validator) {
            $validator = new Validator();
            $validator->resolver()?->registerFile('https://openapi.test/', self::DOCUMENT);
        }
        $fragment = str_replace('%2F', '/', implode('/', array_map(rawurlencode(...), explode('/', $pointer))));
        $result = $validator->validate(json_decode($json), (object) ['$ref' => 'https://openapi.test/#'.$fragment]);
        $error = $result->error();

        self::assertTrue($result->isValid(), $pointer.': '.(null === $error ? '' : json_encode((new ErrorFormatter())->format($error))));
    }

    /** @return array<mixed>|null */
    private static function at(string $pointer): ?array
    {
        $value = self::document();
        foreach (array_slice(explode('/', $pointer), 1) as $step) {
            $value = $value[strtr($step, ['~1' => '/', '~0' => '~'])] ?? null;
            if (!is_array($value)) {
                return null;
            }
        }

        return $value;
    }

    /** @return array<mixed> */
    private static function document(): array
    {
        return (array) json_decode((string) file_get_contents(self::DOCUMENT), true, 512, \JSON_THROW_ON_ERROR);
    }
}
