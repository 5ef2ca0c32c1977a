<?php

declare(strict_types=1);

namespace App\Controller;

use App\Http\ProblemException;
use App\Media\MediaName;
use App\Media\MediaResponder;
use App\Media\MediaStore;
use App\Sidecar\BlobReader;
use App\Sidecar\SidecarUnavailableException;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/media/{path}', name: 'GET /media/{path}', requirements: ['path' => '.+'], methods: ['GET', 'HEAD'])]
final readonly class ShowMedia
{
    public function __construct(private MediaStore $store, private BlobReader $blob, private MediaResponder $responder)
    {
    }

    public function __invoke(Request $request, string $path): Response
    {
        $name = MediaName::parse($path) ?? throw ProblemException::notFound();
        try {
            $content = $this->store->find($name) ?? $this->blob->open($name) ?? throw ProblemException::notFound();
        } catch (SidecarUnavailableException $failure) {
            throw ProblemException::unavailable('The file is not here, and Blob cannot be asked at the moment.', previous: $failure);
        }

        return $this->responder->respond($request, $name, $content);
    }
}
