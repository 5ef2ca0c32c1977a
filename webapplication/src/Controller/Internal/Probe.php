<?php

declare(strict_types=1);

namespace App\Controller\Internal;

use App\Http\Json;
use App\Http\ProblemException;
use App\Image\GeneratedImage;
use App\Image\ImageGenerator;
use App\Media\DiskWriteException;
use App\Sidecar\BlobReader;
use App\Sidecar\SidecarUnavailableException;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

/** Makes an unlisted image and reads it back from Blob: proves the whole media path with one request. */
#[Route('/internal/release/probe', name: 'POST /internal/release/probe', methods: 'POST')]
final readonly class Probe
{
    private const WAIT_MS = 10_000;

    public function __construct(private ImageGenerator $generator, private BlobReader $blob)
    {
    }

    public function __invoke(): Response
    {
        try {
            $image = $this->generator->probe(self::WAIT_MS);
        } catch (DiskWriteException $failure) {
            throw ProblemException::unavailable('The image cannot be stored at the moment.', previous: $failure);
        }

        return new Json($image->describe() + ['readBack' => $image->durable && $this->isInBlob($image)], Response::HTTP_CREATED, [
            'Location' => $image->name->url(),
        ]);
    }

    private function isInBlob(GeneratedImage $image): bool
    {
        try {
            $content = $this->blob->open($image->name);
        } catch (SidecarUnavailableException) {
            return false;
        }
        if (null === $content) {
            return false;
        }
        $hash = hash_init('sha256');
        foreach ($content->read(0, $content->size()) as $chunk) {
            hash_update($hash, $chunk);
        }

        return hash_final($hash) === $image->sha256;
    }
}
