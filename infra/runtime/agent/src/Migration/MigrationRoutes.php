<?php

declare(strict_types=1);

namespace Slipway\Agent\Migration;

use Slipway\Agent\Answer;
use Slipway\Agent\Settings;

/** release/migrate: the plan (GET ?kind=), the start of a job (POST {kind, judged}), its state (GET /ID) and its end (DELETE /ID). */
final readonly class MigrationRoutes
{
    private JobFiles $jobs;

    public function __construct(private Migrations $migrations, private Settings $settings)
    {
        $this->jobs = new JobFiles($settings->home.'/jobs', $settings->instanceId);
    }

    /** @param array<mixed> $query */
    public function answer(string $method, string $id, array $query, string $body): Answer
    {
        set_time_limit(0);
        try {
            return match (true) {
                '' === $id && 'GET' === $method => $this->plan($query['kind'] ?? null),
                '' === $id && 'POST' === $method => $this->start($body),
                '' !== $id && 'GET' === $method => $this->state($id),
                '' !== $id && 'DELETE' === $method => $this->stop($id),
                default => Answer::problem(405, 'Method Not Allowed', '', ['Allow' => '' === $id ? 'GET, POST' : 'GET, DELETE']),
            };
        } catch (\PDOException) {
            return Answer::problem(503, 'Service Unavailable', 'The database cannot be used.', ['Retry-After' => '5']);
        }
    }

    private function plan(mixed $kind): Answer
    {
        if ('expand' !== $kind && 'contract' !== $kind) {
            return Answer::problem(422, 'Unprocessable Content', 'kind is expand or contract.');
        }
        $last = $this->jobs->last();
        $isHalfDone = null !== $last && 'failed' === $last['status'];

        return new Answer(200, $this->migrations->plan($kind) + ['lastFailure' => $isHalfDone ? $last['error'] : null]);
    }

    private function start(string $body): Answer
    {
        ['kind' => $kind, 'judged' => $judged] = (array) json_decode($body, true) + ['kind' => null, 'judged' => null];
        if (('expand' !== $kind && 'contract' !== $kind) || !is_string($judged)) {
            return Answer::problem(422, 'Unprocessable Content', 'kind is expand or contract, judged the hash of the plan.');
        }
        $last = $this->jobs->last();
        if ('running' === ($last['status'] ?? null)) {
            return Answer::problem(503, 'Service Unavailable', 'Another job runs: '.$last['id'].'.', ['Retry-After' => '5']);
        }
        ['migrations' => $migrations, 'failed' => $failed, 'waiting' => $waiting] = $this->migrations->plan($kind);
        if (null !== $failed || !hash_equals(Migrations::hash($migrations), $judged)) {
            return Answer::problem(409, 'Conflict', 'The dry run is not the one that was judged.');
        }
        $pending = array_values(array_intersect('contract' === $kind ? $this->migrations->contract : $this->migrations->expand, array_column($migrations, 'version')));
        $id = $this->jobs->create([
            'status' => 'running',
            'kind' => $kind,
            'startedAt' => gmdate('Y-m-d\TH:i:s\Z'),
            'words' => $this->migrations->words($this->migrations->run, $kind, $pending, $waiting),
            'names' => $pending,
            'migrations' => $migrations,
            'executed' => [],
        ]);
        $this->launch($id);

        return new Answer(202, ['job' => $id]);
    }

    /** A process of its own: php-fpm ends what a request started. */
    private function launch(string $id): void
    {
        $php = getenv('PHP');
        $log = ['file', $this->jobs->path($id).'/runner.log', 'a'];
        $words = ['setsid', '--fork', false === $php || '' === $php ? 'php' : $php, dirname(__DIR__, 2).'/run-migrations.php', $id];
        $process = proc_open($words, [['file', '/dev/null', 'r'], $log, $log], $pipes, $this->settings->applicationDirectory);
        if (false === $process || 0 !== proc_close($process)) {
            throw new \RuntimeException('the job cannot be started');
        }
    }

    private function state(string $id): Answer
    {
        $state = $this->jobs->read($id);
        if (null === $state) {
            return Answer::problem(404, 'Not Found', 'There is no such job.');
        }

        return new Answer(200, array_diff_key($state, ['words' => 0, 'migrations' => 0, 'pid' => 0, 'names' => 0]));
    }

    private function stop(string $id): Answer
    {
        if (null === $this->jobs->read($id)) {
            return Answer::problem(404, 'Not Found', 'There is no such job.');
        }
        $this->jobs->askToStop($id);

        return new Answer(202, ['job' => $id]);
    }
}
