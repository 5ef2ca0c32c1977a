<?php

declare(strict_types=1);

namespace App\Controller;

use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

/** Liveness: uses no dependency, since the platform removes an instance that fails this check. */
#[Route('/api/health/live', name: 'GET /api/health/live', methods: ['GET', 'HEAD'])]
final readonly class HealthLive
{
    public function __invoke(): Response
    {
        return new Response('{"status":"pass"}', Response::HTTP_OK, ['Content-Type' => 'application/health+json', 'Cache-Control' => 'no-store']);
    }
}
