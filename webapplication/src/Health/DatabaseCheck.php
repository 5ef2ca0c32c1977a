<?php

declare(strict_types=1);

namespace App\Health;

use App\Database\ConnectionFactory;
use App\Database\MigrationKind;
use App\Database\Migrations;
use App\Database\Schema;
use App\Database\SchemaRepository;
use App\Release\Version;
use Doctrine\DBAL\Exception as DbalException;
use Psr\Log\LoggerInterface;

/** Checks MySQL on a new connection, and whether its schema suits this code. */
final readonly class DatabaseCheck implements HealthCheck
{
    public function __construct(
        private ConnectionFactory $connections,
        private SchemaRepository $schema,
        private Migrations $migrations,
        private Version $version,
        private LoggerInterface $logger,
    ) {
    }

    public function run(Deadline $deadline): iterable
    {
        $startedAt = hrtime(true);
        try {
            $schema = $this->schema->read($this->connections->open());
        } catch (DbalException $failure) {
            $this->logger->warning('Health: MySQL: {reason}', ['reason' => $failure->getMessage()]);
            yield new CheckResult('mysql', 'datastore', Status::Fail, 'No usable connection.');
            yield new CheckResult('schema', 'datastore', Status::Fail, 'Cannot be read without MySQL.');

            return;
        }
        yield new CheckResult('mysql', 'datastore', Status::Pass, observedValue: intdiv((int) (hrtime(true) - $startedAt), 1_000_000), observedUnit: 'ms');
        yield $this->evaluate($schema);
    }

    private function evaluate(Schema $schema): CheckResult
    {
        $problem = $schema->problem($this->requiredMigrations(), $this->version->schemaMax ?? max([Schema::NONE, ...$this->migrations->versions()]));

        return new CheckResult('schema', 'datastore', null === $problem ? Status::Pass : Status::Fail, $problem ?? '', $schema->version());
    }

    /** @return list<string> */
    private function requiredMigrations(): array
    {
        $newest = $this->version->schemaMin;

        return array_values(array_filter(
            $this->migrations->ofKind(MigrationKind::Expand),
            static fn (string $version): bool => null === $newest || $version <= $newest,
        ));
    }
}
