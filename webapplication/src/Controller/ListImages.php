<?php

declare(strict_types=1);

namespace App\Controller;

use App\Database\DatabaseAway;
use App\Http\Json;
use App\Http\Problem;
use App\Image\ImagePage;
use App\Image\ImageRow;
use App\Image\ImageTable;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/api/images', name: 'GET /api/images', methods: ['GET', 'HEAD'])]
final readonly class ListImages
{
    public function __construct(private ImageTable $table)
    {
    }

    public function __invoke(Request $request): Response
    {
        $page = ImagePage::fromQuery($request->query->all());
        try {
            $rows = $this->table->newest($page->limit + 1, $page->before);
        } catch (DatabaseAway $away) {
            throw Problem::unavailable('The images cannot be listed at the moment.', previous: $away);
        }
        $shown = array_slice($rows, 0, $page->limit);
        $last = end($shown);

        return new Json([
            'items' => array_map(static fn (ImageRow $row): array => $row->describe(), $shown),
            'nextCursor' => count($rows) > $page->limit && false !== $last ? ImagePage::cursorAfter($last) : null,
        ]);
    }
}
