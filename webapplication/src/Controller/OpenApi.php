<?php

declare(strict_types=1);

namespace App\Controller;

use Symfony\Component\DependencyInjection\Attribute\Autowire;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/api/openapi.json', name: 'GET /api/openapi.json', methods: ['GET', 'HEAD'])]
final readonly class OpenApi
{
    public function __construct(#[Autowire('%kernel.project_dir%/openapi.json')] private string $file)
    {
    }

    public function __invoke(): Response
    {
        return new Response((string) file_get_contents($this->file), Response::HTTP_OK, ['Content-Type' => 'application/json', 'Cache-Control' => 'no-cache']);
    }
}
