<?php

declare(strict_types=1);

namespace App\Controller\Internal;

use App\Http\Json;
use App\Http\ProblemException;
use App\Media\Outbox;
use App\Sidecar\SidecarClient;
use App\Sidecar\SidecarUnavailableException;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

/** Waits until every file that is in the outbox now is in Blob. An empty outbox is drained even without a sidecar. */
#[Route('/internal/release/drain', name: 'POST /internal/release/drain', methods: 'POST')]
final readonly class Drain
{
    private const DEFAULT_SECONDS = 60;
    private const MAX_SECONDS = 240;
    private const SLACK_MS = 2000;

    public function __construct(private SidecarClient $sidecar, private Outbox $outbox)
    {
    }

    public function __invoke(Request $request): Response
    {
        $timeout = $request->query->all()['timeout'] ?? (string) self::DEFAULT_SECONDS;
        if (!is_string($timeout) || 1 !== preg_match('/^\d{1,3}$/D', $timeout) || (int) $timeout > self::MAX_SECONDS) {
            throw new ProblemException(422, 'timeout is a whole number of seconds from 0 to '.self::MAX_SECONDS.'.');
        }
        set_time_limit(0);
        try {
            $answer = $this->sidecar->call('POST', '/drain?timeout='.$timeout, (int) $timeout * 1000 + self::SLACK_MS);
        } catch (SidecarUnavailableException $failure) {
            if ($this->outbox->isEmpty()) {
                return new Json(['drained' => true, 'leftCount' => 0, 'left' => []]);
            }
            throw ProblemException::unavailable('The sidecar cannot be asked.', previous: $failure);
        }

        return new Json($answer->json() + ['drained' => 200 === $answer->status], match ($answer->status) {
            200, 504 => $answer->status,
            default => 503,
        });
    }
}
