<?php

declare(strict_types=1);

namespace Slipway\Agent;

/** The routes below /_slipway/ that the application does not provide itself. */
final readonly class Agent
{
    private const DRAIN_DEFAULT_SECONDS = 60;
    private const DRAIN_MAX_SECONDS = 240;
    private const SLACK_MS = 2000;
    private const MEDIA_MS = 10_000;
    private const WARM_MS = 8000;

    public function __construct(private Settings $settings)
    {
    }

    /** @param array<mixed> $query */
    public function answer(string $method, string $route, string $authorization, array $query, string $body = ''): Answer
    {
        $isRead = 'GET' === $method || 'HEAD' === $method;

        return match (true) {
            'version' === $route => $isRead ? $this->version() : self::notAllowed('GET, HEAD'),
            'live' === $route => $isRead ? new Answer(200, ['status' => 'pass']) : self::notAllowed('GET, HEAD'),
            'ready' === $route => $isRead ? $this->ready() : self::notAllowed('GET, HEAD'),
            'health' === $route => $isRead ? (new HealthChecks($this->settings))->report() : self::notAllowed('GET, HEAD'),
            !$this->isReleaseTool($authorization) => Answer::problem(404, 'Not Found'),
            'release/drain' === $route => 'POST' === $method ? $this->drain($query) : self::notAllowed('POST'),
            'release/warm' === $route => 'POST' === $method ? new Answer(200, (new WarmUp($this->settings))->run(self::WARM_MS)) : self::notAllowed('POST'),
            'release/login' === $route => 'POST' === $method ? $this->login($body) : self::notAllowed('POST'),
            'release/live' === $route => $this->live($method, $query),
            str_starts_with($route, 'release/migrate') => $this->migrate($method, substr($route, 16), $query, $body),
            'release/files' === $route => $this->files($method, $query, $body),
            'release/cache' === $route => 'POST' === $method ? $this->cache() : self::notAllowed('POST'),
            'media' === $route => $isRead ? $this->media() : self::notAllowed('GET, HEAD'),
            'media/retry' === $route => 'POST' === $method ? $this->retry($query) : self::notAllowed('POST'),
            default => Answer::problem(404, 'Not Found', 'The application does not provide this, and the agent has nothing in its place.'),
        };
    }

    private function ready(): Answer
    {
        set_time_limit(0);
        Readiness::of($this->settings)->await();

        return new Answer(200, ['status' => 'pass']);
    }

    private function version(): Answer
    {
        $migrations = Migration\Migrations::of($this->settings);

        return new Answer(200, [
            'version' => $this->settings->version,
            'schema' => null === $migrations ? $this->settings->schemaMax : $migrations->newestExecuted(),
            'schemaMin' => $this->settings->schemaMin,
            'schemaMax' => $this->settings->schemaMax,
            'slot' => $this->settings->slot,
            'startedAt' => $this->settings->startedAt,
        ]);
    }

    /** @param array<mixed> $query */
    private function drain(array $query): Answer
    {
        $timeout = $query['timeout'] ?? (string) self::DRAIN_DEFAULT_SECONDS;
        if (!is_string($timeout) || 1 !== preg_match('/^\d{1,3}$/D', $timeout) || (int) $timeout > self::DRAIN_MAX_SECONDS) {
            return Answer::problem(422, 'Unprocessable Content', 'timeout is a whole number of seconds up to '.self::DRAIN_MAX_SECONDS.'.');
        }
        if (!$this->settings->hasOutbox) {
            return new Answer(200, ['drained' => true, 'leftCount' => 0, 'left' => []]);
        }
        set_time_limit(0);
        $answer = (new Sidecar($this->settings->sidecarPort))->ask('POST', '/drain?timeout='.$timeout, (int) $timeout * 1000 + self::SLACK_MS);
        if (200 !== $answer['status'] && 504 !== $answer['status']) {
            return Answer::problem(503, 'Service Unavailable', 'The sidecar cannot be asked.', ['Retry-After' => '5']);
        }

        return new Answer($answer['status'], $answer['json'] + ['drained' => 200 === $answer['status']]);
    }

    /**
     * PUT declares the running version live, so that its workers run; DELETE withdraws that, so that they end; every answer says what still runs.
     *
     * @param array<mixed> $query
     */
    private function live(string $method, array $query): Answer
    {
        $declaration = new Declaration($this->settings->home);

        return match ($method) {
            'GET', 'HEAD' => $this->declared($declaration),
            'PUT' => $this->declareLive($declaration, $query),
            'DELETE' => $declaration->withdraw() ? $this->declared($declaration) : self::cannotWrite(),
            default => self::notAllowed('GET, HEAD, PUT, DELETE'),
        };
    }

    /** @param array<mixed> $query */
    private function declareLive(Declaration $declaration, array $query): Answer
    {
        // Routing may still lead to the slot that was live before.
        if (($query['version'] ?? null) !== $this->settings->version || 'production' !== $this->settings->slot) {
            return Answer::problem(409, 'Conflict', "Version {$this->settings->version} runs here, as {$this->settings->slot}.");
        }

        return $declaration->declare($this->settings->version) ? $this->declared($declaration) : self::cannotWrite();
    }

    private function declared(Declaration $declaration): Answer
    {
        $instances = $declaration->reports(microtime(true));

        return new Answer(200, [
            'version' => $this->settings->version,
            'declared' => $declaration->read(),
            'hasWorkers' => $this->settings->hasWorkers,
            // An instance that has not read the declaration since may yet start one.
            'running' => [] !== array_filter($instances, static fn (array $report): bool => false !== ($report['running'] ?? true) || false !== ($report['live'] ?? true)),
            'instances' => $instances,
        ]);
    }

    private static function cannotWrite(): Answer
    {
        return Answer::problem(503, 'Service Unavailable', 'The share of the slot cannot be written to.', ['Retry-After' => '5']);
    }

    /** @param array<mixed> $query */
    private function files(string $method, array $query, string $body): Answer
    {
        $files = new SharedFiles($this->settings->share, $this->settings->sharedPaths);
        if ('PUT' !== $method) {
            return 'POST' === $method ? $files->missing($body) : self::notAllowed('POST, PUT');
        }
        set_time_limit(0);
        $content = fopen('php://input', 'r');

        return false === $content ? Answer::problem(503, 'Service Unavailable') : $files->put($query['path'] ?? null, $content);
    }

    /** @param array<mixed> $query */
    private function migrate(string $method, string $id, array $query, string $body): Answer
    {
        $migrations = Migration\Migrations::of($this->settings);

        return null === $migrations
            ? Answer::problem(404, 'Not Found', 'The application names no commands for migrations.')
            : (new Migration\MigrationRoutes($migrations, $this->settings))->answer($method, $id, $query, $body);
    }

    /** The round trip through Redis that a release asks for. */
    private function cache(): Answer
    {
        if (!in_array('redis', $this->settings->needs, true)) {
            return Answer::problem(404, 'Not Found', 'The application declares no use of Redis.');
        }
        $report = (new HealthChecks($this->settings))->report()->body['checks'];
        $redis = is_array($report) && is_array($report['redis'] ?? null) ? ($report['redis'][0] ?? []) : [];

        return 'pass' === (is_array($redis) ? $redis['status'] ?? '' : '')
            ? new Answer(200, ['status' => 'pass'])
            : Answer::problem(503, 'Service Unavailable', 'Redis '.(is_array($redis) && is_string($redis['output'] ?? null) ? $redis['output'] : 'cannot be used'));
    }

    private function login(#[\SensitiveParameter] string $body): Answer
    {
        $request = json_decode($body, true);
        $user = is_array($request) ? $request['user'] ?? null : null;
        $password = is_array($request) ? $request['password'] ?? null : null;
        if (!is_string($user) || '' === $user || !is_string($password)) {
            return Answer::problem(422, 'Unprocessable Content', 'user and password are those of the administrator of MySQL.');
        }

        return (new DatabaseLogin($this->settings))->ensure($user, $password, true === ($request['mayChange'] ?? null));
    }

    private function media(): Answer
    {
        $answer = (new Sidecar($this->settings->sidecarPort))->ask('GET', '/status', self::MEDIA_MS);
        $media = $answer['json']['media'] ?? null;

        return 200 === $answer['status'] && is_array($media)
            ? new Answer(200, $media)
            : Answer::problem(503, 'Service Unavailable', 'The sidecar cannot be asked.', ['Retry-After' => '5']);
    }

    /** @param array<mixed> $query */
    private function retry(array $query): Answer
    {
        $name = $query['name'] ?? null;
        if (null !== $name && (!is_string($name) || '' === $name)) {
            return Answer::problem(422, 'Unprocessable Content', 'name is the path of one file below the outbox.');
        }
        $path = '/retry'.(null === $name ? '' : '?name='.rawurlencode($name));
        $answer = (new Sidecar($this->settings->sidecarPort))->ask('POST', $path, self::MEDIA_MS);

        return match ($answer['status']) {
            202 => new Answer(202, $answer['json']),
            404 => Answer::problem(404, 'Not Found', 'The sidecar knows no such file.'),
            409 => Answer::problem(409, 'Conflict', 'Another file has this place in the outbox.'),
            400 => Answer::problem(422, 'Unprocessable Content', 'name is not the path of a file below the outbox.'),
            default => Answer::problem(503, 'Service Unavailable', 'The sidecar cannot be asked.', ['Retry-After' => '5']),
        };
    }

    private function isReleaseTool(string $authorization): bool
    {
        foreach ($this->settings->releaseTokens as $token) {
            if ('' !== $token && hash_equals('Bearer '.$token, $authorization)) {
                return true;
            }
        }

        return false;
    }

    private static function notAllowed(string $allowed): Answer
    {
        return Answer::problem(405, 'Method Not Allowed', '', ['Allow' => $allowed]);
    }
}
