<?php

declare(strict_types=1);

namespace App\Controller;

use App\Cache\CacheAccess;
use App\Cache\CacheEntry;
use App\Cache\CacheKey;
use App\Cache\CacheStore;
use App\Cache\RedisUnavailableException;
use App\Http\Json;
use App\Http\ProblemException;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/api/cache/{key}', name: 'PUT /api/cache/{key}', requirements: ['key' => '.+'], methods: 'PUT')]
final readonly class StoreCacheEntry
{
    public function __construct(private CacheAccess $access, private CacheStore $store)
    {
    }

    public function __invoke(Request $request, string $key): Response
    {
        $this->access->require($request);
        $entry = CacheEntry::fromRequest($request);
        $name = CacheKey::parse($key);
        try {
            $isNew = $this->store->store($name, $entry);
        } catch (RedisUnavailableException $failure) {
            throw ProblemException::unavailable('The cache cannot be used at the moment.', previous: $failure);
        }

        return new Json(['key' => $name->name, 'expiresIn' => $entry->ttl], $isNew ? Response::HTTP_CREATED : Response::HTTP_OK);
    }
}
