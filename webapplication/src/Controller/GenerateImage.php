<?php

declare(strict_types=1);

namespace App\Controller;

use App\Http\Json;
use App\Http\Problem;
use App\Image\ImageMaker;
use App\Image\ImageOrder;
use App\Image\RateLimit;
use App\Media\DiskRefuses;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/api/generate-image', name: 'POST /api/generate-image', methods: ['POST', 'GET'])]
final readonly class GenerateImage
{
    public function __construct(private ImageMaker $maker, private RateLimit $rate)
    {
    }

    public function __invoke(Request $request): Response
    {
        // The router lets HEAD through wherever GET goes, but here GET makes something.
        if ($request->isMethod('HEAD')) {
            throw new Problem(405, headers: ['Allow' => 'GET, POST']);
        }
        if ($request->isMethod('GET') && 'cross-site' === $request->headers->get('Sec-Fetch-Site')) {
            throw new Problem(403, 'A page of another site may not make images here; use POST.');
        }
        $order = ImageOrder::fromQuery($request->query->all());
        $this->rate->spend((string) $request->getClientIp());
        try {
            $image = $this->maker->make($order);
        } catch (DiskRefuses $refusal) {
            throw Problem::unavailable('The image cannot be stored at the moment.', previous: $refusal);
        }

        return new Json($image->describe(), Response::HTTP_CREATED, ['Location' => $image->name->url()]);
    }
}
