<?php

declare(strict_types=1);

namespace App\Controller\Internal;

use App\Http\Json;
use App\Release\WorkerWarmup;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/internal/release/warm', name: 'POST /internal/release/warm', methods: 'POST')]
final readonly class Warm
{
    public function __construct(private WorkerWarmup $warmup)
    {
    }

    public function __invoke(): Response
    {
        return new Json($this->warmup->run());
    }
}
