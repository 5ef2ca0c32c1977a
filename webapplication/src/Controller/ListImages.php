<?php

declare(strict_types=1);

namespace App\Controller;

use App\Database\DatabaseUnavailableException;
use App\Http\Json;
use App\Http\ProblemException;
use App\Image\ImageListQuery;
use App\Image\ImageRepository;
use App\Image\ImageRow;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/api/images', name: 'GET /api/images', methods: ['GET', 'HEAD'])]
final readonly class ListImages
{
    public function __construct(private ImageRepository $images)
    {
    }

    public function __invoke(Request $request): Response
    {
        $page = ImageListQuery::fromQuery($request->query->all());
        try {
            $rows = $this->images->newest($page->limit + 1, $page->before);
        } catch (DatabaseUnavailableException $failure) {
            throw ProblemException::unavailable('The images cannot be listed at the moment.', previous: $failure);
        }
        $shown = array_slice($rows, 0, $page->limit);
        $last = end($shown);

        return new Json([
            'items' => array_map(static fn (ImageRow $row): array => $row->describe(), $shown),
            'nextCursor' => count($rows) > $page->limit && false !== $last ? ImageListQuery::cursorAfter($last) : null,
        ]);
    }
}
