<?php

declare(strict_types=1);

namespace Slipway\Workers\Tests;

use PHPUnit\Framework\TestCase;
use Slipway\Agent\Declaration;
use Slipway\Workers\Schedule;
use Slipway\Workers\Supervisor;
use Slipway\Workers\Worker;

final class SupervisorTest extends TestCase
{
    private string $home;
    private Declaration $declaration;
    private FakeLauncher $launcher;
    private Supervisor $supervisor;

    protected function setUp(): void
    {
        $this->home = sys_get_temp_dir().'/slipway-supervisor-'.bin2hex(random_bytes(6));
        $this->declaration = new Declaration($this->home);
        $this->launcher = new FakeLauncher();
        $log = new RecordingLog();
        $worker = new Worker('queue', ['work'], 60, $this->launcher, $log, static fn (): float => 0.0);
        $this->supervisor = new Supervisor('a-host', 'a', 'v2', $this->declaration, [$worker], new Schedule([], new FakeClaims(), $this->launcher, $log), $log);
    }

    protected function tearDown(): void
    {
        foreach ([...(glob($this->home.'/workers/*') ?: []), ...(glob($this->home.'/*') ?: []), $this->home] as $path) {
            is_dir($path) ? @rmdir($path) : @unlink($path);
        }
    }

    public function test_workers_run_only_where_the_running_version_is_declared_live(): void
    {
        $this->supervisor->tick(1.0);
        $this->declaration->declare('v1');
        $this->supervisor->tick(2.0);
        self::assertCount(0, $this->launcher->launched);
        $this->declaration->declare('v2');
        $this->supervisor->tick(3.0);
        self::assertCount(1, $this->launcher->launched);
        $this->declaration->withdraw();
        $this->supervisor->tick(4.0);
        self::assertSame(['TERM'], $this->launcher->last()->signals);
    }

    public function test_says_what_runs_so_that_others_can_wait_for_its_end(): void
    {
        $this->declaration->declare('v2');
        $this->supervisor->tick(1.0);
        $this->launcher->last()->isDeaf = true;
        self::assertSame([true, true], $this->said(1.0));
        $this->declaration->withdraw();
        self::assertSame([true, true], $this->said(1.0));
        $this->supervisor->tick(2.0);
        self::assertSame([false, true], $this->said(2.0));
        $this->launcher->last()->reason = 'exit code 0';
        $this->supervisor->tick(3.0);
        self::assertSame([false, false], $this->said(3.0));
        self::assertSame([], $this->declaration->reports(60.0));
    }

    public function test_one_that_has_not_read_the_declaration_counts_as_one_that_may_start_workers(): void
    {
        $this->supervisor->tick(0.1);
        self::assertSame([true, false], $this->said(0.1));
    }

    public function test_ends_with_its_container_when_everything_has_ended(): void
    {
        $this->declaration->declare('v2');
        self::assertTrue($this->supervisor->tick(1.0));
        $this->launcher->last()->isDeaf = true;
        $this->supervisor->stop(2.0, 10.0);
        self::assertTrue($this->supervisor->tick(2.0));
        self::assertSame(['TERM'], $this->launcher->last()->signals);
        self::assertTrue($this->supervisor->tick(12.0));
        self::assertSame(['TERM', 'KILL'], $this->launcher->last()->signals);
        self::assertFalse($this->supervisor->tick(12.5));
    }

    public function test_nothing_is_started_when_the_declaration_is_withdrawn_at_the_moment_in_which_it_is_seen(): void
    {
        $withdrawing = new WithdrawingDeclaration($this->home);
        $log = new RecordingLog();
        $worker = new Worker('queue', ['work'], 60, $this->launcher, $log, static fn (): float => 0.0);
        $supervisor = new Supervisor('a-host', 'a', 'v2', $withdrawing, [$worker], new Schedule([], new FakeClaims(), $this->launcher, $log), $log);
        $supervisor->tick(1.0);
        $this->declaration->declare('v2');
        $supervisor->tick(2.0);
        $supervisor->tick(3.0);
        self::assertCount(0, $this->launcher->launched);
        self::assertSame([false, false], $this->said(3.0));
    }

    public function test_a_declaration_that_is_no_version_is_none(): void
    {
        self::assertNull($this->declaration->read());
        mkdir($this->home, 0o755, true);
        file_put_contents($this->home.'/live', "../v2\n");
        self::assertNull($this->declaration->read());
    }

    /** @return array{bool, bool} live, running */
    private function said(float $now): array
    {
        [$report] = $this->declaration->reports($now);

        return [(bool) $report['live'], (bool) $report['running']];
    }
}
