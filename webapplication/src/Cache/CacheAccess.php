<?php

declare(strict_types=1);

namespace App\Cache;

use App\Http\BearerToken;
use App\Http\ProblemException;
use App\Settings;
use Symfony\Component\HttpFoundation\Request;

final readonly class CacheAccess
{
    public function __construct(private Settings $settings)
    {
    }

    /** @throws ProblemException 401 */
    public function require(Request $request): void
    {
        if (!BearerToken::matches($request, $this->settings->cacheApiToken, $this->settings->cacheApiTokenNext)) {
            throw new ProblemException(401, headers: ['WWW-Authenticate' => 'Bearer', 'Cache-Control' => 'no-store']);
        }
    }
}
