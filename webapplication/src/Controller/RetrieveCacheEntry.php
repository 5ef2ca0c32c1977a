<?php

declare(strict_types=1);

namespace App\Controller;

use App\Cache\CacheAccess;
use App\Cache\CacheKey;
use App\Cache\CacheStore;
use App\Cache\RedisUnavailableException;
use App\Http\ProblemException;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/api/cache/{key}', name: 'GET /api/cache/{key}', requirements: ['key' => '.+'], methods: ['GET', 'HEAD'])]
final readonly class RetrieveCacheEntry
{
    public function __construct(private CacheAccess $access, private CacheStore $store)
    {
    }

    public function __invoke(Request $request, string $key): Response
    {
        $this->access->require($request);
        $name = CacheKey::parse($key);
        try {
            $found = $this->store->retrieve($name);
        } catch (RedisUnavailableException $failure) {
            throw ProblemException::unavailable('The cache cannot be used at the moment.', previous: $failure);
        }
        [$value, $expiresIn] = $found ?? throw ProblemException::notFound();

        // Not json_encode(): decoding and encoding the value again would change its numbers and empty objects.
        return new Response(
            sprintf('{"key":"%s","value":%s,"expiresIn":%d}', $name->name, $value, $expiresIn),
            Response::HTTP_OK,
            ['Content-Type' => 'application/json', 'Cache-Control' => 'no-store'],
        );
    }
}
