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

/** Makes the sidecar move one file out of the outbox, which ends a drain's wait for it. The file is kept and not served any more. */
#[Route('/internal/media/set-aside', name: 'POST /internal/media/set-aside', methods: 'POST')]
final readonly class SetMediaAside
{
    private const TIMEOUT_MS = 10_000;

    public function __construct(private SidecarClient $sidecar)
    {
    }

    public function __invoke(Request $request): Response
    {
        $name = $request->query->all()['name'] ?? null;
        if (!is_string($name) || '' === $name) {
            throw new ProblemException(422, 'name is the path of one file below the outbox.');
        }
        try {
            // Also names that are never carried, which is why the file may have to be set aside.
            $answer = $this->sidecar->call('POST', '/set-aside?name='.rawurlencode($name), self::TIMEOUT_MS);
        } catch (SidecarUnavailableException $failure) {
            throw ProblemException::unavailable('The sidecar cannot be asked.', previous: $failure);
        }

        return match ($answer->status) {
            200 => new Json($answer->json()),
            404 => throw new ProblemException(404, 'The sidecar knows no such file.'),
            400 => throw new ProblemException(422, 'name is not the path of a file below the outbox.'),
            default => throw ProblemException::unavailable('The sidecar could not set the file aside.'),
        };
    }
}
