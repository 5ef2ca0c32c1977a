<?php

declare(strict_types=1);

namespace App\Controller;

use App\Http\Json;
use App\Http\ProblemException;
use App\Image\ImageGenerator;
use App\Image\ImageOptions;
use App\Image\RateLimiter;
use App\Media\DiskWriteException;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/api/generate-image', name: 'POST /api/generate-image', methods: ['POST', 'GET'])]
final readonly class GenerateImage
{
    public function __construct(private ImageGenerator $generator, private RateLimiter $limiter)
    {
    }

    public function __invoke(Request $request): Response
    {
        // The router accepts HEAD wherever it accepts GET, but this GET has a side effect.
        if ($request->isMethod('HEAD')) {
            throw new ProblemException(405, headers: ['Allow' => 'GET, POST']);
        }
        if ($request->isMethod('GET') && 'cross-site' === $request->headers->get('Sec-Fetch-Site')) {
            throw new ProblemException(403, 'GET requests from another site are refused; use POST.');
        }
        $options = ImageOptions::fromQuery($request->query->all());
        $this->limiter->consume((string) $request->getClientIp());
        try {
            $image = $this->generator->generate($options);
        } catch (DiskWriteException $failure) {
            throw ProblemException::unavailable('The image cannot be stored at the moment.', previous: $failure);
        }

        return new Json($image->describe(), Response::HTTP_CREATED, ['Location' => $image->name->url()]);
    }
}
