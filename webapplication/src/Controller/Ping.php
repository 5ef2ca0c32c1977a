<?php

declare(strict_types=1);

namespace App\Controller;

use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/api/ping', name: 'GET /api/ping', methods: ['GET', 'HEAD'])]
final readonly class Ping
{
    public function __invoke(): Response
    {
        return new Response('{"content":"pong"}', Response::HTTP_OK, ['Content-Type' => 'application/json']);
    }
}
