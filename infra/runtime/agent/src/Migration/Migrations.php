<?php

declare(strict_types=1);

namespace Slipway\Agent\Migration;

use Slipway\Agent\Settings;

/** The migrations of a package whose manifest names commands for them. */
final readonly class Migrations
{
    private const DRY_RUN_SECONDS = 55;
    private const SHOWN_BYTES = 600;
    private const CONNECT_SECONDS = 1;

    /**
     * @param list<string> $run
     * @param list<string> $pretend
     * @param list<string> $expand   names in the tree, sorted
     * @param list<string> $contract
     */
    private function __construct(
        public MigrationTool $tool,
        public array $run,
        public array $pretend,
        public array $expand,
        public array $contract,
        private Settings $settings,
    ) {
    }

    /** Null when the package names no commands. */
    public static function of(Settings $settings): ?self
    {
        $commands = $settings->package['migrate'] ?? null;
        if (!is_array($commands)) {
            return null;
        }
        $names = ['expand' => [], 'contract' => []];
        foreach ($settings->package['migrations'] ?? [] as ['version' => $version, 'kind' => $kind]) {
            $names[$kind][] = $version;
        }
        $isDoctrine = [] !== preg_grep('/^(?:doctrine:)?migrations:migrate$/', $commands['run']);
        $tool = match (true) {
            in_array('artisan', array_map(basename(...), $commands['run']), true) => new LaravelMigrations($commands['files']),
            $isDoctrine => new DoctrineMigrations($settings->applicationDirectory.'/'.$commands['files']),
            default => new PlainMigrations(),
        };

        return new self($tool, $commands['run'], $commands['pretend'], $names['expand'], $names['contract'], $settings);
    }

    public function connect(): \PDO
    {
        $settings = $this->settings;

        return new \PDO(
            sprintf('mysql:host=%s;port=%d;dbname=%s;charset=utf8mb4', $settings->databaseHost, $settings->databasePort, $settings->databaseName),
            $settings->databaseUser,
            $settings->databasePassword,
            [
                \PDO::ATTR_TIMEOUT => self::CONNECT_SECONDS,
                \PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION,
                \PDO::MYSQL_ATTR_SSL_CA => $settings->tlsCaFile,
                \PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT => true,
            ],
        );
    }

    /** What the schema lacks for this version, or null: a contract migration takes away what it no longer uses. */
    public function missing(): ?string
    {
        $pending = array_values(array_diff($this->expand, $this->tool->executed($this->connect())));

        return [] === $pending ? null : sprintf('%d migrations are pending, the first is %s', count($pending), $pending[0]);
    }

    /** The newest migration that was carried out, `0` before the first; null while MySQL cannot be asked. */
    public function newestExecuted(): ?string
    {
        // Who asks for the version does not wait for a server that hangs.
        ini_set('mysqlnd.net_read_timeout', (string) self::CONNECT_SECONDS);
        try {
            $executed = $this->tool->executed($this->connect());
        } catch (\PDOException) {
            return null;
        }
        sort($executed, \SORT_STRING);

        return [] === $executed ? '0' : end($executed);
    }

    /**
     * What the pending migrations of a kind would do, by the dry run.
     *
     * @return array{by: string, migrations: list<array{version: string, statements: list<string>}>, failed: array{version: string, reason: string}|null, waiting: list<string>}
     */
    public function plan(string $kind): array
    {
        $executed = $this->tool->executed($this->connect());
        $pending = array_values(array_diff('contract' === $kind ? $this->contract : $this->expand, $executed));
        $waiting = array_values(array_diff('contract' === $kind ? $this->expand : $this->contract, $executed));
        $plan = ['by' => 'command', 'migrations' => [], 'failed' => null, 'waiting' => $waiting];
        if ([] === $pending && ($this->isChoosing($kind, $waiting) || $this->tool instanceof PlainMigrations)) {
            return $plan;
        }
        try {
            $statements = $this->dryRun($this->words($this->pretend, $kind, $pending, $waiting), $pending);
        } catch (\RuntimeException $failure) {
            return ['failed' => ['version' => $pending[0] ?? '', 'reason' => self::shown($this->hidden($failure->getMessage()))]] + $plan;
        }
        foreach ($pending as $name) {
            if ('expand' === $kind && [] === ($statements[$name] ?? [])) {
                return ['failed' => ['version' => $name, 'reason' => 'it is pending, and its dry run prints no SQL: nobody can judge what it does']] + $plan;
            }
            $statements += [$name => []];
        }
        foreach ($statements as $version => $list) {
            $plan['migrations'][] = ['version' => (string) $version, 'statements' => $list];
        }

        return $plan;
    }

    /**
     * A command as it is run for the pending migrations of a kind. It chooses them only where others wait: a framework's packages may bring
     * migrations of their own, which no directory of the application has.
     *
     * @param list<string> $command
     * @param list<string> $pending
     * @param list<string> $waiting
     *
     * @return list<string>
     */
    public function words(array $command, string $kind, array $pending, array $waiting): array
    {
        return $this->isChoosing($kind, $waiting) ? $this->tool->select($command, $pending) : $command;
    }

    /** @param list<array{version: string, statements: list<string>}> $migrations */
    public static function hash(array $migrations): string
    {
        $text = '';
        foreach ($migrations as ['version' => $version, 'statements' => $statements]) {
            $text .= implode("\0", [$version, ...$statements])."\0\0";
        }

        return hash('sha256', $text);
    }

    public function hidden(string $text): string
    {
        return Secrets::of(getenv(), $this->settings->secretNames)->hide($text);
    }

    /** The end of a text, which is where a command says why it failed. */
    public static function shown(string $text): string
    {
        $line = trim((string) preg_replace('/\s+/', ' ', mb_scrub($text)));

        return strlen($line) > self::SHOWN_BYTES ? '…'.mb_strcut($line, strlen($line) - self::SHOWN_BYTES) : $line;
    }

    /** @param list<string> $waiting */
    private function isChoosing(string $kind, array $waiting): bool
    {
        return 'contract' === $kind || [] !== $waiting;
    }

    /**
     * @param list<string> $words
     * @param list<string> $pending
     *
     * @return array<string, list<string>>
     */
    private function dryRun(array $words, array $pending): array
    {
        $command = new Command($words, $this->settings->applicationDirectory, ['SLIPWAY_MIGRATIONS' => implode(' ', $pending)]);
        $deadline = microtime(true) + self::DRY_RUN_SECONDS;
        while ($command->poll(0.5)) {
            if (microtime(true) > $deadline) {
                $command->stop();
            }
        }
        $code = $command->close();
        if (0 !== $code) {
            $why = null === $code ? 'it did not end within '.self::DRY_RUN_SECONDS.' s' : 'it ended with code '.$code;
            throw new \RuntimeException($why.': '.self::shown($command->output().' '.$command->errors()));
        }
        try {
            return $this->tool->statements($command->output(), $pending);
        } catch (NotUnderstoodException $failure) {
            throw new \RuntimeException('it prints what is neither SQL nor known: '.self::shown($failure->getMessage()));
        }
    }
}
