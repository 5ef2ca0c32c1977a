<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\Response;
use App\Tests\Servers\TestEnvironment;
use App\Tests\Servers\Wait;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Test;

final class CacheTest extends FeatureTestCase
{
    private const TOKEN = ['Authorization' => 'Bearer '.TestEnvironment::CACHE_TOKEN];

    /** @return iterable<string, array{string}> */
    public static function jsonTexts(): iterable
    {
        $texts = [
            '{}', '[]', 'null', 'true', '""', '0', '-0', '1.0', '1e400', '12345678901234567890123', '0.1000000000000000055511151231257827',
            '"\u00e9 é \/ /"', '{"b":1,"a":2,"b":3}', '{"":{"\u0000":[]}}', "[ 1 ,\t2\n]", '{"value":1,"ttl":"}"}', '"}]\""', '[[["\\\\"]],{"x":"\\\\\""}]',
        ];
        foreach ($texts as $text) {
            yield $text => [$text];
        }
        yield '512 levels' => [str_repeat('[', 512).str_repeat(']', 512)];
        yield 'a text of 1 MiB' => ['"'.str_repeat('x', 1_048_574).'"'];
        yield 'many small objects' => ['['.implode(',', array_fill(0, 100_000, '{"a":1}')).']'];
    }

    #[Test]
    #[DataProvider('jsonTexts')]
    public function a_value_comes_back_as_the_text_it_was(string $text): void
    {
        $key = self::key();

        $stored = $this->put($key, ' { "ttl" : 60 , "val\u0075e" : '.$text.' } ');
        $retrieved = $this->client->get('/api/cache/'.$key, self::TOKEN);

        self::assertSame(201, $stored->status, $stored->body);
        self::assertSame(200, $retrieved->status);
        self::assertSame('{"key":"'.$key.'","value":'.$text.',"expiresIn":60}', preg_replace('/"expiresIn":5\d}$/', '"expiresIn":60}', $retrieved->body));
    }

    #[Test]
    public function a_second_store_replaces_and_answers_200(): void
    {
        $key = self::key();

        self::assertSame(201, $this->put($key, '{"value":1}')->status);
        $second = $this->put($key, '{"value":2,"ttl":7}');

        self::assertSame(200, $second->status);
        self::assertSame(['key' => $key, 'expiresIn' => 7], $second->json());
        self::assertSame(2, $this->client->get('/api/cache/'.$key, self::TOKEN)->json()['value']);
    }

    #[Test]
    public function a_value_is_kept_an_hour_unless_told_otherwise_and_gone_after_its_time(): void
    {
        $key = self::key();

        self::assertSame(3600, $this->put($key, '{"value":1}')->json()['expiresIn']);
        $this->put($key, '{"value":1,"ttl":1}');

        $this->assertSoon('it is gone', fn (): bool => 404 === $this->client->get('/api/cache/'.$key, self::TOKEN)->status);
    }

    #[Test]
    public function what_is_left_of_a_second_counts_as_a_second(): void
    {
        $key = self::key();
        $answer = Wait::until('it is read before it expires', function () use ($key): ?Response {
            $this->put($key, '{"value":1,"ttl":1}');
            $answer = $this->client->get('/api/cache/'.$key, self::TOKEN);

            return 200 === $answer->status ? $answer : null;
        });

        self::assertSame(1, $answer?->json()['expiresIn']);
    }

    #[Test]
    public function deleting_answers_204_whether_or_not_there_was_something(): void
    {
        $key = self::key();
        $this->put($key, '{"value":1}');

        self::assertSame(204, $this->client->send('DELETE', '/api/cache/'.$key, self::TOKEN)->status);
        self::assertSame(404, $this->client->get('/api/cache/'.$key, self::TOKEN)->status);
        self::assertSame(204, $this->client->send('DELETE', '/api/cache/'.$key, self::TOKEN)->status);
    }

    /** @return iterable<string, array{string}> */
    public static function wrongTokens(): iterable
    {
        yield 'none' => [''];
        yield 'another' => ['Bearer nope'];
        yield 'the release token' => ['Bearer '.TestEnvironment::RELEASE_TOKEN];
        yield 'another scheme' => ['Basic '.TestEnvironment::CACHE_TOKEN];
        yield 'part of it' => ['Bearer '.substr(TestEnvironment::CACHE_TOKEN, 0, -1)];
    }

    #[Test]
    #[DataProvider('wrongTokens')]
    public function without_the_right_token_nothing_is_told(string $header): void
    {
        foreach (['PUT', 'GET', 'DELETE'] as $method) {
            $answer = $this->client->send($method, '/api/cache/some', '' === $header ? [] : ['Authorization' => $header], 'PUT' === $method ? '{' : null);

            self::assertProblem(401, $answer);
            self::assertSame('Bearer', $answer->header('WWW-Authenticate'));
        }
    }

    /** @return iterable<string, array{int, string}> */
    public static function wrongBodies(): iterable
    {
        yield 'empty' => [400, ''];
        yield 'cut off' => [400, '{"value":1'];
        yield 'trailing text' => [400, '{"value":1} x'];
        yield 'not UTF-8' => [400, "{\"value\":\"\xff\"}"];
        yield 'no object' => [422, '[1]'];
        yield 'no value' => [422, '{"ttl":1}'];
        yield 'an unknown member' => [422, '{"value":1,"tll":5}'];
        yield 'a member twice' => [422, '{"value":1,"value":2}'];
        yield 'half a surrogate pair' => [422, '{"value":"\ud800"}'];
        yield '513 levels' => [422, '{"value":'.str_repeat('[', 513).str_repeat(']', 513).'}'];
        yield '20,000 levels' => [422, '{"value":'.str_repeat('[', 20_000).str_repeat(']', 20_000).'}'];
        foreach (['0', '-1', '1.5', '60.0', '1e2', '"60"', 'null', '2592001', '99999999999999999999'] as $ttl) {
            yield 'ttl '.$ttl => [422, '{"value":1,"ttl":'.$ttl.'}'];
        }
        yield 'a value of more than 1 MiB' => [413, '{"value":"'.str_repeat('x', 1_048_575).'"}'];
        yield 'a body of more than 2 MiB' => [413, '{"value":"'.str_repeat('x', 2_097_152).'"}'];
    }

    #[Test]
    #[DataProvider('wrongBodies')]
    public function a_body_that_cannot_be_kept_is_refused(int $status, string $body): void
    {
        $key = self::key();

        self::assertProblem($status, $this->put($key, $body));
        self::assertSame(404, $this->client->get('/api/cache/'.$key, self::TOKEN)->status);
    }

    #[Test]
    public function keys_are_refused_unless_they_are_plain(): void
    {
        $longest = 'k'.str_repeat('.', 199);

        self::assertSame(201, $this->put($longest, '{"value":1}')->status);
        foreach ([$longest.'x', '_a', '.a', 'a%20b', 'a/b', 'a%2Fb', 'ä', 'a%0A'] as $key) {
            $answer = $this->put($key, '{"value":1}');
            self::assertProblem(422, $answer);
        }
        self::assertProblem(400, $this->put('a%00', '{"value":1}'));
        self::assertProblem(404, $this->put('%FF', '{"value":1}'));
        self::assertProblem(422, $this->client->get('/api/cache/a/b', self::TOKEN));
    }

    #[Test]
    public function what_is_wrong_is_told_in_the_agreed_order(): void
    {
        $wrong = ['Content-Type' => 'text/plain'];

        $unknownVerb = $this->client->send('PATCH', '/api/cache/_', $wrong, '{');
        self::assertProblem(405, $unknownVerb);
        self::assertSame('DELETE, GET, HEAD, PUT', self::sorted($unknownVerb->header('Allow')));
        self::assertProblem(401, $this->client->send('PUT', '/api/cache/_', $wrong, '{'));
        self::assertProblem(415, $this->client->send('PUT', '/api/cache/_', $wrong + self::TOKEN, '{'));
        self::assertProblem(415, $this->client->send('PUT', '/api/cache/_', ['Content-Type' => 'application/json', 'Content-Encoding' => 'gzip'] + self::TOKEN, '{'));
        self::assertProblem(400, $this->put('_', '{'));
        self::assertProblem(422, $this->put('_', '{"value":1}'));
        self::assertProblem(404, $this->client->send('PUT', '/api/cache/', $wrong, '{'));
    }

    #[Test]
    public function a_charset_with_the_media_type_is_welcome(): void
    {
        self::assertSame(201, $this->client->send('PUT', '/api/cache/'.self::key(), ['Content-Type' => 'Application/JSON; charset=utf-8'] + self::TOKEN, '{"value":1}')->status);
    }

    #[Test]
    public function a_restarted_redis_is_found_again_by_the_kept_connections(): void
    {
        $this->put('before', '{"value":1}');
        $this->environment->redis->stop();
        $failure = $this->client->get('/api/cache/before', self::TOKEN);
        $this->environment->redis->start();
        $this->environment->redis->awaitReady();

        self::assertProblem(503, $failure);
        self::assertNotNull($failure->header('Retry-After'));
        for ($request = 0; $request < 12; ++$request) {
            self::assertSame(404, $this->client->get('/api/cache/before', self::TOKEN)->status);
        }
    }

    #[Test]
    public function an_answer_that_comes_too_late_is_never_taken_for_another_one(): void
    {
        $this->put('early', '{"value":"early"}');
        $this->put('other', '{"value":"other"}');
        for ($round = 0; $round < 2; ++$round) {
            $this->environment->redis->suspend();
            $late = $this->client->get('/api/cache/early', self::TOKEN);
            $this->environment->redis->resume();

            self::assertProblem(503, $late);
            $this->assertSoon('Redis is asked again', fn (): bool => 200 === $this->client->get('/api/cache/other', self::TOKEN)->status);
            for ($request = 0; $request < 12; ++$request) {
                self::assertSame('other', $this->client->get('/api/cache/other', self::TOKEN)->text('value'));
            }
        }
    }

    private function put(string $key, string $body): Response
    {
        return $this->client->send('PUT', '/api/cache/'.$key, ['Content-Type' => 'application/json'] + self::TOKEN, $body);
    }

    private static function key(): string
    {
        return 'test:'.bin2hex(random_bytes(6));
    }

    private static function sorted(?string $list): string
    {
        $items = array_map(trim(...), explode(',', (string) $list));
        sort($items);

        return implode(', ', $items);
    }
}
