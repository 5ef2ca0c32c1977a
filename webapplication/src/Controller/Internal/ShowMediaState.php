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

/** The sidecar's media status, since the sidecar has no public port, and the number of rows in the journal. */
#[Route('/internal/media', name: 'GET /internal/media', methods: ['GET', 'HEAD'])]
final readonly class ShowMediaState
{
    /** Counting a large backlog takes seconds. */
    private const TIMEOUT_MS = 10_000;

    public function __construct(private SidecarClient $sidecar, private RowJournal $journal)
    {
    }

    public function __invoke(): Response
    {
        try {
            $answer = $this->sidecar->call('GET', '/status', self::TIMEOUT_MS);
        } catch (SidecarUnavailableException $failure) {
            throw ProblemException::unavailable('The sidecar cannot be asked.', previous: $failure);
        }
        $media = $answer->json()['media'] ?? null;
        if (200 !== $answer->status || !is_array($media)) {
            throw ProblemException::unavailable('The sidecar gives no status.');
        }

        return new Json($media + ['rows' => [
            'waiting' => count($this->journal->waiting()),
            'refused' => count($this->journal->rejected()),
            'oldestSeconds' => $this->journal->oldestSeconds(),
        ]]);
    }
}
