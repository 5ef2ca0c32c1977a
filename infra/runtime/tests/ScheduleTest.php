<?php

declare(strict_types=1);

namespace Slipway\Workers\Tests;

use PHPUnit\Framework\TestCase;
use Slipway\Workers\CronExpression;
use Slipway\Workers\Schedule;
use Slipway\Workers\ScheduleEntry;

final class ScheduleTest extends TestCase
{
    private const NO_LIMIT = 1000.0;
    private FakeClaims $claims;
    private RecordingLog $log;

    protected function setUp(): void
    {
        $this->claims = new FakeClaims();
        $this->log = new RecordingLog();
    }

    public function test_runs_an_entry_once_in_each_minute_that_it_is_due_in_over_all_instances(): void
    {
        [$one, $first] = $this->instance('*/2 * * * *');
        [$other, $second] = $this->instance('*/2 * * * *');
        for ($now = self::at('10:00:00'); $now < self::at('10:10:00'); $now += 0.5) {
            $one->tick($now, true, self::NO_LIMIT);
            $other->tick($now, true, self::NO_LIMIT);
            foreach ([...$first->launched, ...$second->launched] as $process) {
                $process->reason = 'exit code 0';
            }
        }
        self::assertCount(5, [...$first->launched, ...$second->launched]);
    }

    public function test_skips_the_next_run_while_one_still_goes_here_or_elsewhere(): void
    {
        [$one, $first] = $this->instance('* * * * *');
        [$other, $second] = $this->instance('* * * * *');
        $one->tick(self::at('10:00:00'), true, self::NO_LIMIT);
        $other->tick(self::at('10:01:00'), true, self::NO_LIMIT);
        $one->tick(self::at('10:02:00'), true, self::NO_LIMIT);
        self::assertSame([1, 0], [count($first->launched), count($second->launched)]);
        self::assertCount(2, preg_grep('/the run before still goes/', $this->log->messages()) ?: []);

        $first->last()->reason = 'exit code 0';
        $one->tick(self::at('10:02:30'), true, self::NO_LIMIT);
        $other->tick(self::at('10:03:00'), true, self::NO_LIMIT);
        self::assertCount(1, $second->launched);
    }

    public function test_skips_and_says_so_while_redis_is_unavailable(): void
    {
        [$schedule, $launcher] = $this->instance('* * * * *');
        $this->claims->isAway = true;
        $schedule->tick(self::at('10:00:00'), true, self::NO_LIMIT);
        $this->claims->isAway = false;
        $schedule->tick(self::at('10:00:30'), true, self::NO_LIMIT);
        self::assertCount(0, $launcher->launched);
        self::assertSame(['The schedule skips "* * * * *" of 10:00: Redis cannot be asked'], $this->log->messages());
        $schedule->tick(self::at('10:01:00'), true, self::NO_LIMIT);
        self::assertCount(1, $launcher->launched);
    }

    public function test_a_version_that_comes_in_the_same_minute_does_not_run_it_again(): void
    {
        [$old, $before] = $this->instance('* * * * *');
        $old->tick(self::at('10:00:05'), true, self::NO_LIMIT);
        $before->last()->reason = 'exit code 0';
        $old->tick(self::at('10:00:10'), false, self::NO_LIMIT);
        [$new, $after] = $this->instance('* * * * *');
        $new->tick(self::at('10:00:40'), true, self::NO_LIMIT);
        self::assertCount(0, $after->launched);
        $new->tick(self::at('10:01:00'), true, self::NO_LIMIT);
        self::assertCount(1, $after->launched);
    }

    public function test_makes_up_once_for_minutes_in_which_nobody_looked(): void
    {
        [$old] = $this->instance('0 3 * * *');
        $old->tick(self::at('02:58:30'), true, self::NO_LIMIT);
        [$new, $launcher] = $this->instance('0 3 * * *', '30 2 * * *', '59 2 * * *');
        $new->tick(self::at('03:02:00'), true, self::NO_LIMIT);
        self::assertSame(['php 0 3 * * *', 'php 59 2 * * *'], array_map(static fn (FakeProcess $process): string => $process->command, $launcher->launched));
        $new->tick(self::at('03:03:00'), true, self::NO_LIMIT);
        self::assertCount(2, $launcher->launched);
    }

    public function test_does_not_make_up_for_what_was_before_the_first_schedule(): void
    {
        [$new, $launcher] = $this->instance('0 3 * * *');
        $new->tick(self::at('03:02:00'), true, self::NO_LIMIT);
        self::assertCount(0, $launcher->launched);
    }

    public function test_a_run_may_end_by_itself_before_a_swap_then_it_is_told_to_and_then_killed(): void
    {
        [$schedule, $launcher] = $this->instance('* * * * *');
        $schedule->tick(self::at('10:00:00'), true, self::NO_LIMIT);
        $run = $launcher->last();
        $run->isDeaf = true;
        foreach (['10:00:10', '10:00:39'] as $time) {
            $schedule->tick(self::at($time), false, self::NO_LIMIT);
        }
        self::assertSame([], $run->signals);
        $schedule->tick(self::at('10:00:40'), false, self::NO_LIMIT);
        self::assertSame(['TERM'], $run->signals);
        $schedule->tick(self::at('10:00:50'), false, self::NO_LIMIT);
        self::assertSame(['TERM', 'KILL'], $run->signals);
        $schedule->tick(self::at('10:00:51'), false, self::NO_LIMIT);
        self::assertFalse($schedule->isRunning());
        self::assertSame([], $this->claims->running);
    }

    public function test_a_refused_swap_leaves_the_run_alone(): void
    {
        [$schedule, $launcher] = $this->instance('0 10 * * *');
        $schedule->tick(self::at('10:00:00'), true, self::NO_LIMIT);
        $schedule->tick(self::at('10:00:10'), false, self::NO_LIMIT);
        $schedule->tick(self::at('10:00:20'), true, self::NO_LIMIT);
        $schedule->tick(self::at('10:05:00'), true, self::NO_LIMIT);
        // The next swap gives it its time anew.
        $schedule->tick(self::at('10:06:00'), false, self::NO_LIMIT);
        self::assertSame([], $launcher->last()->signals);
    }

    /** @return array{Schedule, FakeLauncher} */
    private function instance(string ...$expressions): array
    {
        $launcher = new FakeLauncher();
        $entries = array_map(static fn (string $text): ScheduleEntry => new ScheduleEntry(CronExpression::parse($text), ['php', $text]), $expressions);

        return [new Schedule(array_values($entries), $this->claims, $launcher, $this->log), $launcher];
    }

    private static function at(string $time): float
    {
        return (float) strtotime("2026-11-28 $time UTC");
    }
}
