<?php

declare(strict_types=1);

namespace App\Controller\Internal;

use App\Database\DatabaseUnavailableException;
use App\Http\Json;
use App\Http\ProblemException;
use App\Release\MigrationRunner;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/internal/release/migrate/{job}', name: 'GET /internal/release/migrate/{job}', requirements: ['job' => '[0-9A-Z]{26}'], methods: ['GET', 'HEAD'])]
final readonly class ShowMigration
{
    public function __construct(private MigrationRunner $runner)
    {
    }

    public function __invoke(string $job): Response
    {
        try {
            $found = $this->runner->find($job);
        } catch (DatabaseUnavailableException $failure) {
            throw ProblemException::unavailable('MySQL cannot be asked at the moment.', previous: $failure);
        }

        return new Json(($found ?? throw ProblemException::notFound())->describe());
    }
}
