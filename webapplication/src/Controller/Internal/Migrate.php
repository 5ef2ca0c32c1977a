<?php

declare(strict_types=1);

namespace App\Controller\Internal;

use App\Database\Administrator;
use App\Database\DatabaseUnavailableException;
use App\Database\MigrationKind;
use App\Http\Json;
use App\Http\ProblemException;
use App\Release\MigrationRunner;
use App\Release\PlanChangedException;
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
        $body = self::body($request->getContent());
        try {
            $job = $this->runner->start(self::kind($body['kind'] ?? null), self::judged($body['judged'] ?? null), self::administrator($body['administrator'] ?? null));
        } catch (PlanChangedException $failure) {
            throw new ProblemException(409, $failure->getMessage(), previous: $failure);
        } catch (DatabaseUnavailableException $failure) {
            throw ProblemException::unavailable('MySQL cannot be asked at the moment.', previous: $failure);
        }

        return new Json($job->describe(), Response::HTTP_ACCEPTED, [
            'Location' => '/internal/release/migrate/'.$job->id,
            'Retry-After' => '1',
        ]);
    }

    /** @return array<mixed> */
    private static function body(string $text): array
    {
        $data = '' === $text ? [] : json_decode($text, true);

        return is_array($data) ? $data : throw new ProblemException(400, 'The body is a JSON object.');
    }

    private static function kind(mixed $kind): MigrationKind
    {
        if (null === $kind) {
            return MigrationKind::Expand;
        }

        return (is_string($kind) ? MigrationKind::tryFrom($kind) : null) ?? throw new ProblemException(422, 'kind is expand or contract.');
    }

    private static function administrator(#[\SensitiveParameter] mixed $login): ?Administrator
    {
        if (null === $login) {
            return null;
        }
        $user = is_array($login) ? $login['user'] ?? null : null;
        $password = is_array($login) ? $login['password'] ?? null : null;

        return is_string($user) && is_string($password)
            ? new Administrator($user, $password)
            : throw new ProblemException(422, 'administrator has a user and a password.');
    }

    private static function judged(mixed $hash): ?string
    {
        if (null === $hash || (is_string($hash) && 1 === preg_match('/^[0-9a-f]{64}$/D', $hash))) {
            return $hash;
        }
        throw new ProblemException(422, 'judged is the SHA-256 of the plan, 64 hexadecimal digits.');
    }
}
