<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use PHPUnit\Framework\Attributes\Test;

final class PagesTest extends FeatureTestCase
{
    #[Test]
    public function the_ping_answers_pong(): void
    {
        $answer = $this->client->get('/api/ping');

        self::assertSame(200, $answer->status);
        self::assertSame('{"content":"pong"}', $answer->body);
        self::assertSame('application/json', $answer->header('Content-Type'));
    }

    #[Test]
    public function the_home_page_answers_with_links_that_work(): void
    {
        $answer = $this->client->get('/');

        self::assertSame(200, $answer->status);
        preg_match_all('/href="([^"]+)"/', $answer->body, $links);
        self::assertGreaterThan(5, count($links[1]));
        foreach ($links[1] as $link) {
            self::assertLessThan(300, $this->client->get($link)->status, $link);
        }
    }
}
