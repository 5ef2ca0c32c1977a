<?php

declare(strict_types=1);

namespace App\Health;

use App\Settings;

/**
 * Whether the outbox takes files, and does not fill up. A share that hangs stops whoever touches it for good, so another
 * process does the touching, and this one waits for its word only so long.
 */
final readonly class OutboxCheck implements HealthCheck
{
    private const TIMEOUT_MICROSECONDS = 400_000;
    private const FILLING_FILES = 1000;
    private const FILLING_FREE_KIB = 262_144;
    /** In the background, so that nobody has to wait for its end: prints a line with the files and the free KiB. */
    private const SCRIPT = <<<'SH'
        { t="$1/.tmp-health-$$"; : > "$t" && rm -f "$t" && echo "ok $(ls -U "$1" | wc -l) $(df -Pk "$1" | awk 'NR==2{print $4}')" || echo refused; } 2>/dev/null &
        SH;

    public function __construct(private Settings $settings)
    {
    }

    public function run(): iterable
    {
        $words = explode(' ', $this->ask());
        yield match (true) {
            'refused' === $words[0] => new Finding('outbox', 'system', Status::Fail, 'Takes no file.'),
            'ok' !== $words[0] => new Finding('outbox', 'system', Status::Fail, 'Does not answer in time.'),
            default => $this->judge((int) ($words[1] ?? 0), (int) ($words[2] ?? 0)),
        };
    }

    private function judge(int $files, int $freeKib): Finding
    {
        $problem = match (true) {
            $files >= self::FILLING_FILES => 'Fills up: files come faster than they go.',
            $freeKib < self::FILLING_FREE_KIB => 'Little space is left on the disk.',
            default => '',
        };

        return new Finding('outbox', 'system', '' === $problem ? Status::Pass : Status::Warn, $problem, $files, 'files');
    }

    private function ask(): string
    {
        $process = proc_open(['/bin/sh', '-c', self::SCRIPT, 'sh', $this->settings->mediaRoot.'/outbox'], [['file', '/dev/null', 'r'], ['pipe', 'w'], ['file', '/dev/null', 'w']], $pipes);
        if (false === $process || !isset($pipes[1]) || !is_resource($pipes[1])) {
            return '';
        }
        $readable = [$pipes[1]];
        $none = null;
        $line = 1 === stream_select($readable, $none, $none, 0, self::TIMEOUT_MICROSECONDS) ? fgets($pipes[1]) : false;
        fclose($pipes[1]);
        proc_close($process);

        return trim((string) $line);
    }
}
