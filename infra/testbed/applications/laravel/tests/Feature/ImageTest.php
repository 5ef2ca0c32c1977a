<?php

namespace Tests\Feature;

use Tests\TestCase;

class ImageTest extends TestCase
{
    public function test_ping_answers_pong(): void
    {
        $this->getJson('/api/ping')->assertOk()->assertExactJson(['content' => 'pong']);
    }

    public function test_an_image_that_was_drawn_is_listed(): void
    {
        $url = $this->postJson('/api/generate-image')->assertCreated()->json('url');
        $this->getJson('/api/images')->assertOk()->assertJsonFragment([basename($url)]);
        unlink(storage_path('media/'.basename($url)));
    }
}
