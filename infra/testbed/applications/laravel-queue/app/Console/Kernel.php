<?php

namespace App\Console;

use Illuminate\Console\Scheduling\Schedule;
use Illuminate\Foundation\Console\Kernel as ConsoleKernel;
use Illuminate\Support\Facades\DB;

class Kernel extends ConsoleKernel
{
    protected function schedule(Schedule $schedule): void
    {
        $schedule->call(fn () => DB::table('notes')->insert(['text' => 'scheduled']))->everyMinute();
    }

    protected function commands(): void
    {
        require base_path('routes/console.php');
    }
}
