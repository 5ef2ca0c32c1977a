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

    public function testRunsOnceWhileItIsWanted(): void
    {
        $this->worker->tick(0.0, false, self::NO_LIMIT);
        self::assertCount(0, $this->launcher->launched);
        foreach ([1.0, 2.0, 3.0] as $now) {
            $this->worker->tick($now, true, self::NO_LIMIT);
        }
        self::assertSame(['php work', 'worker.queue'], [$this->launcher->last()->command, $this->launcher->last()->name]);
        self::assertCount(1, $this->launcher->launched);
    }

    public function testOneThatDiesAtItsStartIsStartedAgainAfterLongerAndLongerPausesUpToAMinute(): void
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
        self::assertSame([0.5, 1.5, 2.5, 4.5, 8.5, 16.5, 32.5, 60.5, 60.5], $pauses);
        self::assertSame(8, $this->worker->status()['restarts']);
        self::assertSame('exit code 1', $this->worker->status()['lastExit']['reason'] ?? null);
    }

    public function testOneThatRanLongIsStartedAgainAtOnce(): void
    {
        $this->worker->tick(0.0, true, self::NO_LIMIT);
        $this->launcher->last()->reason = 'exit code 0';
        $this->worker->tick(3600.0, true, self::NO_LIMIT);
        $this->worker->tick(3601.0, true, self::NO_LIMIT);
        self::assertCount(2, $this->launcher->launched);
        self::assertSame(0, $this->worker->status()['failures']);
    }

    public function testOneThatCannotBeStartedIsTriedAgain(): void
    {
        $this->launcher->fails = true;
        $this->worker->tick(0.0, true, self::NO_LIMIT);
        self::assertSame('no memory', $this->worker->status()['lastExit']['reason'] ?? null);
        $this->launcher->fails = false;
        $this->worker->tick(1.0, true, self::NO_LIMIT);
        self::assertTrue($this->worker->isRunning());
    }

    public function testIsToldToEndAndKilledAfterItsTime(): void
    {
        $this->worker->tick(0.0, true, self::NO_LIMIT);
        $this->launcher->last()->isDeaf = true;
        $this->worker->tick(10.0, false, self::NO_LIMIT);
        $this->worker->tick(69.0, false, self::NO_LIMIT);
        self::assertSame(['TERM'], $this->launcher->last()->signals);
        $this->worker->tick(70.0, false, self::NO_LIMIT);
        self::assertSame(['TERM', 'KILL'], $this->launcher->last()->signals);
    }

    public function testAContainerThatStopsGivesItLessTime(): void
    {
        $this->worker->tick(0.0, true, self::NO_LIMIT);
        $this->launcher->last()->isDeaf = true;
        $this->worker->tick(10.0, false, self::NO_LIMIT);
        $this->worker->tick(11.0, false, 5.0);
        $this->worker->tick(16.0, false, 0.0);
        self::assertSame(['TERM', 'KILL'], $this->launcher->last()->signals);
    }

    public function testOneThatIsWantedAgainWhileItEndsIsStartedAgainAtOnceWhenItHasEnded(): void
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

    public function testOneThatIsWantedAgainWhileItEndsIsKilledAfterItsTimeAllTheSame(): void
    {
        $this->worker->tick(0.0, true, self::NO_LIMIT);
        $this->launcher->last()->isDeaf = true;
        $this->worker->tick(10.0, false, self::NO_LIMIT);
        $this->worker->tick(70.0, true, self::NO_LIMIT);
        self::assertSame(['TERM', 'KILL'], $this->launcher->last()->signals);
    }
}
