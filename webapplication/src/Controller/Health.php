<?php

declare(strict_types=1);

namespace App\Controller;

use App\Health\SharedHealthReport;
use App\Health\Status;
use App\Http\Json;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/api/health', name: 'GET /api/health', methods: ['GET', 'HEAD'])]
final readonly class Health
{
    public function __construct(private SharedHealthReport $report)
    {
    }

    public function __invoke(): Response
    {
        [$status, $document] = $this->report->get();

        return new Json($document, Status::Fail === $status ? Response::HTTP_SERVICE_UNAVAILABLE : Response::HTTP_OK, [
            'Content-Type' => 'application/health+json',
        ]);
    }
}
