<?php

declare(strict_types=1);

namespace App\Controller\Internal;

use App\Http\Json;
use App\Http\ProblemException;
use App\Sidecar\SidecarClient;
use App\Sidecar\SidecarUnavailableException;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

/** Makes the sidecar retry all waiting files or one name. A file in conflict moves back into the outbox. */
#[Route('/internal/media/retry', name: 'POST /internal/media/retry', methods: 'POST')]
final readonly class RetryMedia
{
    private const TIMEOUT_MS = 10_000;

    public function __construct(private SidecarClient $sidecar)
    {
    }

    public function __invoke(Request $request): Response
    {
        $name = $request->query->all()['name'] ?? null;
        if (null !== $name && (!is_string($name) || '' === $name)) {
            throw new ProblemException(422, 'name is the path of one file below the outbox.');
        }
        try {
            $answer = $this->sidecar->call('POST', '/retry'.(null === $name ? '' : '?name='.rawurlencode($name)), self::TIMEOUT_MS);
        } catch (SidecarUnavailableException $failure) {
            throw ProblemException::unavailable('The sidecar cannot be asked.', previous: $failure);
        }

        return match ($answer->status) {
            202 => new Json($answer->json(), 202),
            404 => throw new ProblemException(404, 'The sidecar knows no such file.'),
            409 => throw new ProblemException(409, 'Another file has this name in the outbox.'),
            400 => throw new ProblemException(422, 'name is not the path of a file below the outbox.'),
            default => throw ProblemException::unavailable('The sidecar did not accept the request.'),
        };
    }
}
