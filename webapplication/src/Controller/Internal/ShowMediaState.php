<?php

declare(strict_types=1);

namespace App\Controller\Internal;

use App\Http\Json;
use App\Http\ProblemException;
use App\Image\RowJournal;
use App\Sidecar\SidecarClient;
use App\Sidecar\SidecarUnavailableException;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

/** What the sidecar carries and what it cannot carry, for it has no public port of its own; and the rows that MySQL has not. */
#[Route('/internal/media', name: 'GET /internal/media', methods: ['GET', 'HEAD'])]
final readonly class ShowMediaState
{
    /** A large backlog takes a while to count. */
    private const WITHIN_MS = 10_000;

    public function __construct(private SidecarClient $sidecar, private RowJournal $journal)
    {
    }

    public function __invoke(): Response
    {
        try {
            $answer = $this->sidecar->call('GET', '/status', self::WITHIN_MS);
        } catch (SidecarUnavailableException $failure) {
            throw ProblemException::unavailable('The sidecar cannot be asked.', previous: $failure);
        }
        $media = $answer->json()['media'] ?? null;
        if (200 !== $answer->status || !is_array($media)) {
            throw ProblemException::unavailable('The sidecar does not say how it is.');
        }

        return new Json($media + ['rows' => ['waiting' => count($this->journal->waiting()), 'refused' => count($this->journal->refused())]]);
    }
}
