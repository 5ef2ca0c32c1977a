<?php

declare(strict_types=1);

namespace App\Controller;

use App\Release\Version;
use App\Settings;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/', name: 'GET /', methods: ['GET', 'HEAD'])]
final readonly class Home
{
    private const LINKS = [
        '/api/ping' => 'answers pong',
        '/api/generate-image' => 'makes an image (POST, or GET)',
        '/api/images' => 'the images, newest first',
        '/api/health' => 'health of each dependency',
        '/version' => 'version, schema and slot',
        '/api/openapi.json' => 'OpenAPI description of all routes',
    ];

    public function __construct(private Version $version, private Settings $settings)
    {
    }

    public function __invoke(): Response
    {
        $items = '';
        foreach (self::LINKS as $path => $meaning) {
            $items .= sprintf('<li><a href="%1$s"><code>%1$s</code></a> %2$s</li>', $path, $meaning);
        }

        return new Response(sprintf(
            <<<'HTML'
                <!doctype html>
                <html lang="en">
                <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Slipway</title><link rel="stylesheet" href="/app.css"></head>
                <body><main><h1>Slipway</h1><p>Version <b>%s</b>, slot <b>%s</b>.</p><ul>%s</ul></main></body>
                </html>

                HTML,
            htmlspecialchars($this->version->name),
            htmlspecialchars($this->settings->slot),
            $items,
        ), Response::HTTP_OK, [
            'Content-Type' => 'text/html; charset=utf-8',
            'Content-Security-Policy' => "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            'Referrer-Policy' => 'no-referrer',
            'Cache-Control' => 'no-cache',
        ]);
    }
}
