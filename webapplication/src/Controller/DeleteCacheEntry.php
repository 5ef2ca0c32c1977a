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

#[Route('/api/cache/{key}', name: 'DELETE /api/cache/{key}', requirements: ['key' => '.+'], methods: 'DELETE')]
final readonly class DeleteCacheEntry
{
    public function __construct(private CacheAccess $access, private CacheStore $store)
    {
    }

    public function __invoke(Request $request, string $key): Response
    {
        $this->access->require($request);
        $name = CacheKey::parse($key);
        try {
            $this->store->delete($name);
        } catch (RedisUnavailableException $failure) {
            throw ProblemException::unavailable('The cache cannot be used at the moment.', previous: $failure);
        }

        return new Response(null, Response::HTTP_NO_CONTENT, ['Cache-Control' => 'no-store']);
    }
}
