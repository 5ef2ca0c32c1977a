<?php

declare(strict_types=1);

namespace App\Controller\Internal;

use App\Database\DatabaseUnavailableException;
use App\Http\Json;
use App\Http\ProblemException;
use App\Image\RowJournal;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

/** Writes journal rows to MySQL. The sidecar calls this repeatedly while the journal has rows. */
#[Route('/internal/journal/flush', name: 'POST /internal/journal/flush', methods: 'POST')]
final readonly class FlushJournal
{
    private const ROWS_PER_CALL = 500;

    public function __construct(private RowJournal $journal)
    {
    }

    public function __invoke(): Response
    {
        try {
            $written = $this->journal->flush(self::ROWS_PER_CALL);
        } catch (DatabaseUnavailableException $failure) {
            throw ProblemException::unavailable('MySQL cannot be asked at the moment.', previous: $failure);
        }

        return new Json(['written' => $written, 'left' => count($this->journal->waiting()), 'refused' => count($this->journal->rejected())]);
    }
}
