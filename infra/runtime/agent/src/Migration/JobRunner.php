<?php

declare(strict_types=1);

namespace Slipway\Agent\Migration;

/** Carries out one job, and writes down once a second how far it is. */
final class JobRunner
{
    private const BEAT_SECONDS = 1.0;
    private const LOCK = 'slipway.migrate';
    /** Visitors wait behind a statement that waits for a table. */
    private const LOCK_WAIT_SECONDS = 5;

    /** @var array<string, mixed>|null what waited too long for a table */
    private ?array $lock = null;

    public function __construct(private readonly Migrations $migrations, private readonly JobFiles $jobs, private readonly string $directory, private readonly int $supervisor)
    {
    }

    public function run(string $id): void
    {
        $state = $this->jobs->read($id) ?? throw new \RuntimeException('there is no job '.$id);
        $state = ['pid' => getmypid()] + $state;
        unset($state['beatAt'], $state['instance']);
        try {
            $state = $this->carryOut($id, $state);
        } catch (\Throwable $failure) {
            $state = ['status' => 'failed', 'error' => $this->migrations->hidden($failure->getMessage()).'; '.JobFiles::halfDone($state)] + $state;
        }
        $this->jobs->write($id, ['endedAt' => gmdate('Y-m-d\TH:i:s\Z')] + $state);
    }

    /**
     * @param array<string, mixed> $state
     *
     * @return array<string, mixed>
     */
    private function carryOut(string $id, array $state): array
    {
        $connection = $this->migrations->connect();
        // The database's own lock: one at a time over all instances and both slots, and none is left when its holder dies.
        $locked = $connection->query("SELECT GET_LOCK('".self::LOCK."', 0)");
        if (false === $locked || 1 !== (int) $locked->fetchColumn()) {
            throw new \RuntimeException('another run of migrations goes on');
        }
        $this->jobs->write($id, $state);
        $command = new Command($state['words'], $this->directory, ['SLIPWAY_MIGRATIONS' => implode(' ', $state['names'])]);
        $beatAt = 0.0;
        while ($command->poll(self::BEAT_SECONDS / 4)) {
            if (microtime(true) < $beatAt) {
                continue;
            }
            $beatAt = microtime(true) + self::BEAT_SECONDS;
            if ($this->jobs->isAskedToStop($id) || !file_exists('/proc/'.$this->supervisor)) {
                $command->stop();
            }
            $this->endWaiting($connection, $state['migrations']);
            $this->jobs->write($id, ['executed' => $this->executed($connection, $state)] + $state);
        }
        $code = $command->close();
        file_put_contents($this->jobs->path($id).'/log', $this->migrations->hidden($command->output().$command->errors()));
        if (0 === $code) {
            $this->migrations->tool->record($connection, array_column($state['migrations'], 'version'));
        }
        $state = ['executed' => $this->executed($connection, $state)] + $state;
        $left = array_diff(array_column($state['migrations'], 'version'), $state['executed']);
        if (0 === $code && [] === $left) {
            return ['status' => 'done'] + $state;
        }
        $said = Migrations::shown($this->migrations->hidden($command->output().' '.$command->errors()));
        $why = match (true) {
            $this->jobs->isAskedToStop($id) => 'it was stopped',
            null === $code => 'the command was ended by a signal',
            default => 'the command ended with code '.$code,
        };

        return ['status' => 'failed', 'error' => $why.'; '.JobFiles::halfDone($state).'; it said: '.$said]
            + (null === $this->lock ? [] : ['lock' => $this->lock]) + $state;
    }

    /**
     * @param array<string, mixed> $state
     *
     * @return list<string>
     */
    private function executed(\PDO $connection, array $state): array
    {
        return array_values(array_intersect(array_column($state['migrations'], 'version'), $this->migrations->tool->executed($connection)));
    }

    /**
     * Ends a statement of the plan that has waited for its table for seconds.
     *
     * @param list<array{version: string, statements: list<string>}> $migrations
     */
    private function endWaiting(\PDO $connection, array $migrations): void
    {
        $planned = array_map(self::plain(...), array_merge(...array_column($migrations, 'statements')));
        $waiting = $connection->query("SELECT ID AS id, TIME AS seconds, INFO AS statement FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for table%lock' AND ID <> CONNECTION_ID() AND TIME >= ".self::LOCK_WAIT_SECONDS);
        foreach (false === $waiting ? [] : $waiting->fetchAll(\PDO::FETCH_ASSOC) as ['id' => $id, 'statement' => $statement]) {
            if (in_array(self::plain((string) $statement), $planned, true)) {
                $connection->exec('KILL '.(int) $id);
                $this->lock = ['tries' => 1, 'seconds' => self::LOCK_WAIT_SECONDS, 'statement' => Migrations::shown((string) $statement), 'blocking' => []];
            }
        }
    }

    private static function plain(string $statement): string
    {
        return strtolower((string) preg_replace('/\s+/', '', $statement));
    }
}
