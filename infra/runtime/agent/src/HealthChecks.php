<?php

declare(strict_types=1);

namespace Slipway\Agent;

/** Deep health: the services the application needs, the outbox, the sidecar, and the application's own word. Within 2 s. */
final readonly class HealthChecks
{
    private const SERVICE_SECONDS = 1;
    private const SIDECAR_MS = 500;
    private const APPLICATION_MS = 1500;
    private const OUTBOX_MIN_FREE_BYTES = 268_435_456;
    private const KEY_SECONDS = 60;
    /** This many ends in a row soon after a start are no accident. */
    private const FAILING_WORKER = 3;

    public function __construct(private Settings $settings)
    {
    }

    public function report(): Answer
    {
        // A server that takes the connection and then says nothing.
        ini_set('mysqlnd.net_read_timeout', (string) self::SERVICE_SECONDS);
        $checks = ['php' => $this->measured('component', static fn (): ?string => null)];
        if (in_array('mysql', $this->settings->needs, true)) {
            $checks['mysql'] = $this->measured('datastore', function (): ?string {
                $this->askMysql();

                return null;
            });
        }
        $migrations = Migration\Migrations::of($this->settings);
        if (null !== $migrations) {
            $checks['schema'] = $this->measured('datastore', static fn (): ?string => $migrations->missing());
        }
        if (in_array('redis', $this->settings->needs, true)) {
            $checks['redis'] = $this->measured('datastore', $this->redis(...));
        }
        if ($this->settings->hasOutbox) {
            $checks['outbox'] = $this->outbox();
        }
        if ('' !== $this->settings->share && [] !== $this->settings->sharedPaths) {
            $checks['share'] = $this->share();
        }
        $checks['sidecar'] = $this->sidecar();
        if ($this->settings->hasWorkers && 'production' === $this->settings->slot) {
            $checks['workers'] = $this->workers();
        }
        if ('' !== $this->settings->deepHealth) {
            $checks['application'] = $this->measured('component', $this->application(...));
        }
        $statuses = array_column($checks, 'status');
        $status = in_array('fail', $statuses, true) ? 'fail' : (in_array('warn', $statuses, true) ? 'warn' : 'pass');

        return new Answer(
            'fail' === $status ? 503 : 200,
            ['status' => $status, 'releaseId' => $this->settings->version, 'checks' => array_map(static fn (array $check): array => [$check], $checks)],
            'application/health+json',
        );
    }

    /**
     * @param \Closure(): ?string $check what is wrong, or null
     *
     * @return array<string, mixed>
     */
    private function measured(string $type, \Closure $check): array
    {
        $began = hrtime(true);
        try {
            $wrong = $check();
        } catch (\Throwable $failure) {
            // Messages of drivers name hosts and users, which nobody outside has to know.
            $wrong = 'cannot be used ('.(new \ReflectionClass($failure))->getShortName().')';
        }

        return ['componentType' => $type, 'status' => null === $wrong ? 'pass' : 'fail']
            + (null === $wrong ? [] : ['output' => $wrong])
            + ['observedValue' => intdiv(hrtime(true) - $began, 1_000_000), 'observedUnit' => 'ms'];
    }

    private function askMysql(): void
    {
        $settings = $this->settings;
        $connection = new \PDO(
            sprintf('mysql:host=%s;port=%d;dbname=%s;charset=utf8mb4', $settings->databaseHost, $settings->databasePort, $settings->databaseName),
            $settings->databaseUser,
            $settings->databasePassword,
            [
                \PDO::ATTR_TIMEOUT => self::SERVICE_SECONDS,
                \PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION,
                \PDO::MYSQL_ATTR_SSL_CA => $settings->tlsCaFile,
                \PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT => true,
            ],
        );
        $connection->query('SELECT 1');
    }

    /** A key of its own is written: a server that only answers reads is no cache. */
    private function redis(): ?string
    {
        $redis = RedisConnection::open($this->settings);
        $key = 'slipway:health:'.$this->settings->instanceId;
        $value = bin2hex(random_bytes(8));
        $isWritten = $redis->setex($key, self::KEY_SECONDS, $value) && $value === $redis->get($key);
        $redis->close();

        return $isWritten ? null : 'does not take a write';
    }

    /** @return array<string, mixed> */
    private function outbox(): array
    {
        $directory = $this->settings->mediaRoot.'/outbox';
        $base = ['componentType' => 'system'];
        if (!is_dir($directory) || !is_writable($directory)) {
            return $base + ['status' => 'fail', 'output' => 'the outbox cannot be written to'];
        }
        $free = @disk_free_space($directory);
        if (false !== $free && $free < self::OUTBOX_MIN_FREE_BYTES) {
            return $base + ['status' => 'warn', 'output' => 'little room is left', 'observedValue' => (int) $free, 'observedUnit' => 'bytes'];
        }

        return $base + ['status' => 'pass'];
    }

    /** @return array<string, mixed> */
    private function share(): array
    {
        $base = ['componentType' => 'system'];
        if (!is_writable($this->settings->share)) {
            return $base + ['status' => 'fail', 'output' => 'the share of media cannot be written to'];
        }
        $free = @disk_free_space($this->settings->share);
        $problem = ShareRoom::problem($free, @disk_total_space($this->settings->share));

        // What is there is still served, so that a full share is no reason to take the site down.
        return $base + (null === $problem ? ['status' => 'pass'] : ['status' => 'warn', 'output' => $problem, 'observedValue' => (int) $free, 'observedUnit' => 'bytes']);
    }

    /** @return array<string, mixed> */
    private function sidecar(): array
    {
        $began = hrtime(true);
        $answer = (new Sidecar($this->settings->sidecarPort))->ask('GET', '/readyz', self::SIDECAR_MS);
        $digest = $answer['json']['digest'] ?? null;

        return ['componentType' => 'component', 'status' => 200 === $answer['status'] ? 'pass' : 'warn']
            + (200 === $answer['status'] ? [] : ['output' => 0 === $answer['status'] ? 'does not answer' : 'answers '.$answer['status']])
            + ['observedValue' => intdiv(hrtime(true) - $began, 1_000_000), 'observedUnit' => 'ms']
            + (is_string($digest) && '' !== $digest ? ['componentId' => $digest] : []);
    }

    /**
     * Whether workers and schedule run here as they should. They never make a slot unhealthy.
     *
     * @return array<string, mixed>
     */
    private function workers(): array
    {
        $declaration = new Declaration($this->settings->home);
        $base = ['componentType' => 'component'];
        if ($declaration->read() !== $this->settings->version) {
            return $base + ['status' => 'warn', 'output' => 'this version is not declared live, so its workers and schedule do not run: ./slipway heal'];
        }
        $reports = $declaration->reports(microtime(true));
        $own = array_filter($reports, fn (array $report): bool => ($report['instance'] ?? '') === $this->settings->instanceId);
        if ([] === $own) {
            return $base + ['status' => 'warn', 'output' => 'nothing watches the workers of this instance'];
        }
        $failing = [];
        foreach (array_merge(...array_column($own, 'workers')) as $worker) {
            if (is_array($worker) && ($worker['failures'] ?? 0) >= self::FAILING_WORKER) {
                $failing[] = $worker['name'].' ('.($worker['lastExit']['reason'] ?? '').')';
            }
        }

        return $base + ([] === $failing ? ['status' => 'pass'] : ['status' => 'warn', 'output' => 'ends again and again: '.implode(', ', $failing)]);
    }

    private function application(): ?string
    {
        $answer = Http::ask('GET', $this->settings->internalUrl, $this->settings->deepHealth, self::APPLICATION_MS);
        if ($answer['status'] >= 200 && $answer['status'] < 300) {
            return null;
        }

        return 0 === $answer['status'] ? 'does not answer' : 'answers '.$answer['status'];
    }
}
