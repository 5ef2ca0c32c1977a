<?php

namespace App\Controller;

use Symfony\Component\DependencyInjection\Attribute\Autowire;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\Routing\Attribute\Route;

final readonly class HomeController
{
    public function __construct(#[Autowire('%kernel.environment%')] private string $environment, #[Autowire('%kernel.secret%')] private string $secret)
    {
    }

    #[Route('/')]
    public function __invoke(Request $request): JsonResponse
    {
        $session = $request->getSession();
        $session->set('visits', 1 + $session->get('visits', 0));

        return new JsonResponse([
            'environment' => $this->environment,
            'hasSecret' => 32 === strlen($this->secret),
            'visits' => $session->get('visits'),
            'secure' => $request->isSecure(),
        ]);
    }
}
