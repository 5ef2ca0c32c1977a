<?php

declare(strict_types=1);

namespace App\Controller;

use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

/** Says that PHP answers, and touches nothing else: the platform takes an instance out by this. */
#[Route('/api/health/live', name: 'GET /api/health/live', methods: ['GET', 'HEAD'])]
final readonly class HealthLive
{
    public function __invoke(): Response
    {
        return new Response('{"status":"pass"}', Response::HTTP_OK, ['Content-Type' => 'application/health+json', 'Cache-Control' => 'no-store']);
    }
}
