<?php

declare(strict_types=1);

namespace Slipway\Workers\Tests;

use PHPUnit\Framework\TestCase;
use Slipway\Workers\Worker;

final class WorkerTest extends TestCase
{
    private const NO_LIMIT = 1000.0;
    private FakeLauncher $launcher;
    private RecordingLog $log;
    private Worker $worker;

    protected function setUp(): void
    {
        $this->launcher = new FakeLauncher();
        $this->log = new RecordingLog();
        $this->worker = new Worker('queue', ['php', 'work'], 60, $this->launcher, $this->log, static fn (): float => 1.0);
    }

    public function test_runs_once_while_it_is_wanted(): void
    {
        $this->worker->tick(0.0, false, self::NO_LIMIT);
        self::assertCount(0, $this->launcher->launched);
        foreach ([1.0, 2.0, 3.0] as $now) {
            $this->worker->tick($now, true, self::NO_LIMIT);
        }
        self::assertSame(['php work', 'worker.queue'], [$this->launcher->last()->command, $this->launcher->last()->name]);
        self::assertCount(1, $this->launcher->launched);
    }

    public function test_one_that_dies_at_its_start_is_started_again_after_longer_and_longer_pauses_up_to_half_a_minute(): void
    {
        $pauses = [];
        $now = 0.0;
        for ($turn = 0; $turn < 9; ++$turn) {
            $began = $now;
            for ($count = count($this->launcher->launched); count($this->launcher->launched) === $count; $now += 0.5) {
                $this->worker->tick($now, true, self::NO_LIMIT);
            }
            $pauses[] = $now - $began;
            $this->launcher->last()->reason = 'exit code 1';
        }
        self::assertSame([0.5, 1.5, 2.5, 4.5, 8.5, 16.5, 30.5, 30.5, 30.5], $pauses);
        self::assertSame(8, $this->worker->status()['restarts']);
        self::assertSame(['exit code 1'], array_column([$this->worker->status()['lastExit']], 'reason'));
    }

    public function test_one_that_ran_long_is_started_again_at_once(): void
    {
        $this->worker->tick(0.0, true, self::NO_LIMIT);
        $this->launcher->last()->reason = 'exit code 0';
        $this->worker->tick(3600.0, true, self::NO_LIMIT);
        $this->worker->tick(3601.0, true, self::NO_LIMIT);
        self::assertCount(2, $this->launcher->launched);
        self::assertSame(0, $this->worker->status()['failures']);
    }

    public function test_one_that_cannot_be_started_is_tried_again(): void
    {
        $this->launcher->fails = true;
        $this->worker->tick(0.0, true, self::NO_LIMIT);
        self::assertSame('no memory', $this->worker->status()['lastExit']['reason'] ?? null);
        $this->launcher->fails = false;
        $this->worker->tick(1.0, true, self::NO_LIMIT);
        self::assertTrue($this->worker->isRunning());
    }

    public function test_is_told_to_end_and_killed_after_its_time(): void
    {
        $this->worker->tick(0.0, true, self::NO_LIMIT);
        $this->launcher->last()->isDeaf = true;
        $this->worker->tick(10.0, false, self::NO_LIMIT);
        $this->worker->tick(69.0, false, self::NO_LIMIT);
        self::assertSame(['TERM'], $this->launcher->last()->signals);
        $this->worker->tick(70.0, false, self::NO_LIMIT);
        self::assertSame(['TERM', 'KILL'], $this->launcher->last()->signals);
    }

    public function test_a_container_that_stops_gives_it_less_time(): void
    {
        $this->worker->tick(0.0, true, self::NO_LIMIT);
        $this->launcher->last()->isDeaf = true;
        $this->worker->tick(10.0, false, self::NO_LIMIT);
        $this->worker->tick(11.0, false, 5.0);
        $this->worker->tick(16.0, false, 0.0);
        self::assertSame(['TERM', 'KILL'], $this->launcher->last()->signals);
    }

    public function test_one_that_is_wanted_again_while_it_ends_is_started_again_at_once_when_it_has_ended(): void
    {
        $this->worker->tick(0.0, true, self::NO_LIMIT);
        $this->launcher->last()->isDeaf = true;
        $this->worker->tick(10.0, false, self::NO_LIMIT);
        $this->worker->tick(11.0, true, self::NO_LIMIT);
        self::assertCount(1, $this->launcher->launched);
        $this->launcher->last()->reason = 'exit code 0';
        $this->worker->tick(12.0, true, self::NO_LIMIT);
        self::assertCount(2, $this->launcher->launched);
        self::assertSame(0, $this->worker->status()['restarts']);
    }

    public function test_one_that_is_wanted_again_while_it_ends_is_killed_after_its_time_all_the_same(): void
    {
        $this->worker->tick(0.0, true, self::NO_LIMIT);
        $this->launcher->last()->isDeaf = true;
        $this->worker->tick(10.0, false, self::NO_LIMIT);
        $this->worker->tick(70.0, true, self::NO_LIMIT);
        self::assertSame(['TERM', 'KILL'], $this->launcher->last()->signals);
    }
}
