<?php

declare(strict_types=1);

namespace App\Tests\Feature;

use App\Tests\Servers\Application;
use App\Tests\Servers\Files;
use App\Tests\Servers\Fpm;
use App\Tests\Servers\Port;
use App\Tests\Servers\Process;
use App\Tests\Servers\Source;
use PHPUnit\Framework\Attributes\Test;

final class StartupTest extends FeatureTestCase
{
    private ?Application $application = null;

    protected function tearDown(): void
    {
        $this->application?->stop();
    }

    #[Test]
    public function a_killed_nginx_or_php_fpm_is_back_and_its_reason_is_kept(): void
    {
        $application = $this->start();
        foreach (['nginx', 'php-fpm'] as $name) {
            $before = $application->pid($name);
            $workers = $application->workers();
            posix_kill($before, \SIGKILL);
            $this->assertSoon($name.' is back', static fn (): bool => !in_array($application->pidOrNone($name), [null, $before], true) && self::serves($application));

            foreach ('php-fpm' === $name ? $workers : [] as $worker) {
                $this->assertSoon('no worker of the dead one stays', static fn (): bool => !posix_kill($worker, 0));
            }
            $this->assertSoon('the reason is logged', static fn (): bool => str_contains($application->logged(), $name.' was ended by signal KILL'));
        }
    }

    #[Test]
    public function a_worker_that_dies_is_replaced(): void
    {
        $application = $this->start();
        foreach ($application->workers() as $worker) {
            posix_kill($worker, \SIGKILL);
        }

        $this->assertSoon('it serves again', static fn (): bool => self::serves($application));
    }

    #[Test]
    public function a_request_in_flight_ends_well_when_it_is_told_to_stop(): void
    {
        $application = $this->start();
        $before = Files::matching($this->environment->mediaRoot.'/outbox/*');
        $this->environment->sidecar->suspend();
        $multi = curl_multi_init();
        $request = curl_init('http://127.0.0.1:'.$application->port.'/api/generate-image?width=16&height=16');
        self::assertInstanceOf(\CurlHandle::class, $request);
        curl_setopt($request, \CURLOPT_RETURNTRANSFER, true);
        curl_multi_add_handle($multi, $request);
        $this->assertSoon('the image is in the outbox, and its request waits for the sidecar', function () use ($multi, $before): bool {
            curl_multi_exec($multi, $active);

            return $before !== Files::matching($this->environment->mediaRoot.'/outbox/*');
        });
        $application->stop();
        do {
            curl_multi_exec($multi, $active);
            curl_multi_select($multi, 0.1);
        } while ($active > 0);
        $this->environment->sidecar->resume();

        self::assertSame(201, curl_getinfo($request, \CURLINFO_RESPONSE_CODE));
    }

    #[Test]
    public function it_stops_at_once_while_php_fpm_is_only_starting(): void
    {
        $slow = $this->environment->directory.'/slow-fpm';
        file_put_contents($slow, "#!/bin/bash\ntouch $slow.begun\nsleep 0.3\nexec ".Fpm::program().' "$@"');
        chmod($slow, 0o755);
        $this->application = $this->environment->another(['PHP_FPM' => $slow]);
        $this->application->start();
        $this->assertSoon('php-fpm is being started', static fn (): bool => is_file($slow.'.begun'));

        self::assertTrue($this->application->stop(), 'it ends by itself');
    }

    #[Test]
    public function killing_it_leaves_no_process_behind_and_a_new_one_starts_in_the_same_place(): void
    {
        $application = $this->start();
        $pids = [$application->pid('nginx'), $application->pid('php-fpm')];
        $application->stop(\SIGKILL);

        foreach ($pids as $pid) {
            $this->assertSoon('the process ends', static fn (): bool => !posix_kill($pid, 0));
        }
        $application->start();
        $application->awaitReady();
        self::assertTrue(self::serves($application));
    }

    #[Test]
    public function it_takes_the_place_of_the_nginx_that_the_platform_started(): void
    {
        $application = $this->application = $this->environment->another(['FPM_MAX_CHILDREN' => '1']);
        mkdir($application->runDirectory);
        $configuration = $application->runDirectory.'/platform.conf';
        $pidFile = $application->runDirectory.'/nginx.pid';
        file_put_contents($configuration, sprintf(
            'pid %s; error_log stderr; events {} http { access_log off; %s server { listen 127.0.0.1:%d; return 200 platform; } }',
            $pidFile,
            // The default directories can only be created by root.
            implode(' ', array_map(
                static fn (string $kind): string => sprintf('%s_temp_path %s;', $kind, $application->runDirectory),
                ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'],
            )),
            $application->port,
        ));
        $platform = Process::start(['nginx', '-e', 'stderr', '-c', $configuration, '-g', 'daemon off;'], [], $this->environment->directory.'/platform.log');
        $this->assertSoon('the platform\'s nginx answers', static fn (): bool => Port::answers($application->port));

        $application->start();

        $this->assertSoon('ours answers', static fn (): bool => self::serves($application));
        self::assertFalse($platform->runs());
    }

    #[Test]
    public function it_runs_as_a_user_without_rights_too(): void
    {
        $home = $this->environment->directory.'/plain';
        mkdir($home);
        chmod($home, 0o777);
        $this->application = $this->environment->another(['FPM_MAX_CHILDREN' => '1', 'RUN_DIR' => $home.'/run', 'NGINX_PID_FILE' => $home.'/run/nginx.pid', 'MEDIA_ROOT' => $home.'/media']);
        $this->application->startAs('www-data');
        $this->application->awaitReady();

        $made = $this->application->client()->send('POST', '/api/generate-image?width=16&height=16');

        self::assertSame(201, $made->status);
        self::assertSame($made->text('sha256'), hash('sha256', $this->application->client()->get($made->text('url'))->body));
        self::assertStringNotContainsString('ERROR', $this->application->logged());
    }

    #[Test]
    public function it_listens_on_a_socket_too_even_when_an_old_one_lies_there(): void
    {
        $socket = $this->environment->directory.'/front.sock';
        touch($socket);
        $this->application = $this->environment->another(['NGINX_LISTEN' => 'unix:'.$socket, 'FPM_MAX_CHILDREN' => '1']);
        $this->application->start();

        $this->assertSoon('the socket answers', static function () use ($socket): bool {
            $stream = @stream_socket_client('unix://'.$socket, $code, $message, 0.2);
            if (false === $stream) {
                return false;
            }
            fwrite($stream, "GET /api/ping HTTP/1.0\r\n\r\n");

            return str_contains((string) stream_get_contents($stream), '{"content":"pong"}');
        });
    }

    #[Test]
    public function it_serves_when_the_code_and_the_compiled_container_are_read_only(): void
    {
        $application = $this->start(Source::directory());
        exec('chmod -R a-w '.escapeshellarg($application->runDirectory.'-cache'));

        foreach (['/', '/api/ping', '/nothing', '/api/images'] as $path) {
            self::assertLessThan(500, $application->client()->get($path)->status);
        }
        self::assertStringNotContainsString('PHP Warning', $application->logged());
        exec('chmod -R u+w '.escapeshellarg($application->runDirectory.'-cache'));
    }

    #[Test]
    public function everything_it_says_is_a_line_of_json(): void
    {
        $application = $this->start();
        posix_kill($application->pid('php-fpm'), \SIGKILL);
        $this->assertSoon('the death is noticed', static fn (): bool => str_contains($application->logged(), 'was ended by signal KILL'));
        $this->assertSoon('it serves again', static fn (): bool => self::serves($application));
        $application->client()->get('/api/ping', ['X-Odd' => "\xff\"\\"]);
        $application->stop();

        $this->assertSoon('all is written', static fn (): bool => str_contains($application->logged(), 'Stopping'));
        $lines = explode("\n", trim($application->logged()));
        self::assertGreaterThan(5, count($lines));
        foreach ($lines as $line) {
            self::assertIsArray(json_decode($line, true), $line);
        }
    }

    #[Test]
    public function a_php_that_fails_is_said_and_nothing_starts(): void
    {
        $application = $this->environment->another(['PHP' => '/bin/false'], Source::directory());
        $application->start();

        $this->assertSoon('it gave up', static fn (): bool => !$application->runs());
        self::assertStringContainsString('Cannot render the configuration', $application->logged());
    }

    private function start(?string $source = null): Application
    {
        $this->application = $this->environment->another(['FPM_MAX_CHILDREN' => '2'], $source);
        $this->application->start();
        $this->application->awaitReady();

        return $this->application;
    }

    private static function serves(Application $application): bool
    {
        try {
            return '{"content":"pong"}' === $application->client()->get('/api/ping')->body;
        } catch (\RuntimeException) {
            return false;
        }
    }
}
