<?php

declare(strict_types=1);

namespace App\Controller\Internal;

use App\Database\DatabaseUnavailableException;
use App\Http\Json;
use App\Http\ProblemException;
use App\Release\MigrationRunner;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

/** Stops a run of migrations. A job that had ended before is answered with 200. */
#[Route('/internal/release/migrate/{job}', name: 'DELETE /internal/release/migrate/{job}', requirements: ['job' => '[0-9A-Z]{26}'], methods: 'DELETE')]
final readonly class StopMigration
{
    public function __construct(private MigrationRunner $runner)
    {
    }

    public function __invoke(string $job): Response
    {
        try {
            $found = $this->runner->find($job) ?? throw ProblemException::notFound();
            if (!$found->isRunning()) {
                return new Json($found->describe());
            }
            $stopped = $this->runner->stop($found) ?? throw ProblemException::notFound();
        } catch (DatabaseUnavailableException $failure) {
            throw ProblemException::unavailable('MySQL cannot be asked at the moment.', previous: $failure);
        }

        return new Json($stopped->describe(), Response::HTTP_ACCEPTED);
    }
}
