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

#[Route('/internal/release/migrate', name: 'POST /internal/release/migrate', methods: 'POST')]
final readonly class Migrate
{
    public function __construct(private MigrationRunner $runner)
    {
    }

    public function __invoke(Request $request): Response
    {
        $kind = self::kind($request->getContent());
        try {
            $job = $this->runner->start($kind);
        } catch (DatabaseUnavailableException $failure) {
            throw ProblemException::unavailable('MySQL cannot be asked at the moment.', previous: $failure);
        }

        return new Json($job->describe(), Response::HTTP_ACCEPTED, [
            'Location' => '/internal/release/migrate/'.$job->id,
            'Retry-After' => '1',
        ]);
    }

    private static function kind(string $body): MigrationKind
    {
        if ('' === $body) {
            return MigrationKind::Expand;
        }
        $data = json_decode($body, true);
        if (!is_array($data)) {
            throw new ProblemException(400, 'The body is a JSON object.');
        }
        $kind = $data['kind'] ?? MigrationKind::Expand->value;

        return (is_string($kind) ? MigrationKind::tryFrom($kind) : null) ?? throw new ProblemException(422, 'kind is expand or contract.');
    }
}
