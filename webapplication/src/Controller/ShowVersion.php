<?php

declare(strict_types=1);

namespace App\Controller;

use App\Database\Database;
use App\Database\DatabaseUnavailableException;
use App\Database\SchemaRepository;
use App\Http\Json;
use App\Release\Version;
use App\Settings;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/version', name: 'GET /version', methods: ['GET', 'HEAD'])]
final readonly class ShowVersion
{
    public function __construct(
        private Version $version,
        private Settings $settings,
        private Database $database,
        private SchemaRepository $schema,
    ) {
    }

    public function __invoke(): Response
    {
        try {
            $schema = $this->database->run('SELECT schema', $this->schema->version(...));
        } catch (DatabaseUnavailableException) {
            $schema = null;
        }

        return new Json([
            'version' => $this->version->name,
            'schema' => $schema,
            'schemaMin' => $this->version->schemaMin,
            'schemaMax' => $this->version->schemaMax,
            'slot' => $this->settings->slot,
            'startedAt' => $this->settings->startedAt,
        ]);
    }
}
