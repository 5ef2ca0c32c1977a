<?php

declare(strict_types=1);

namespace App\Controller\Internal;

use App\Database\DatabaseUnavailableException;
use App\Database\MigrationKind;
use App\Http\Json;
use App\Http\ProblemException;
use App\Release\MigrationRunner;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

/** The dry run. A GET: an earlier version, which has none, answers 405 and runs nothing. */
#[Route('/internal/release/migrate', name: 'GET /internal/release/migrate', methods: ['GET', 'HEAD'])]
final readonly class ShowMigrationPlan
{
    public function __construct(private MigrationRunner $runner)
    {
    }

    public function __invoke(Request $request): Response
    {
        $kind = MigrationKind::tryFrom($request->query->getString('kind', MigrationKind::Expand->value)) ?? throw new ProblemException(422, 'kind is expand or contract.');
        try {
            return new Json($this->runner->plan($kind)->describe() + ['waiting' => $this->runner->pendingOf($kind->other())]);
        } catch (DatabaseUnavailableException $failure) {
            throw ProblemException::unavailable('MySQL cannot be asked at the moment.', previous: $failure);
        }
    }
}
