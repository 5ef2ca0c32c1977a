<?php

declare(strict_types=1);

namespace App\Health;

use App\Image\RowJournal;
use App\Settings;
use Symfony\Component\DependencyInjection\Attribute\AsTaggedItem;

/**
 * Checks that the outbox accepts files and does not fill up. A share that hangs blocks every process that touches it for good,
 * so a child process writes the test file and this one waits for it with a timeout. It runs last and may use the remaining time.
 * The journal is on the same share, so it is only read once the outbox has answered.
 */
#[AsTaggedItem(priority: -10)]
final readonly class OutboxCheck implements HealthCheck
{
    private const PROBE = '.tmp-health-';
    private const WARN_FILES = 1000;
    private const WARN_FREE_BYTES = 256 * 1024 * 1024;
    /**
     * Runs in the background, so that nobody waits for its end, and behind a lock, so that a share that hangs collects no
     * processes. The file has one byte, since a full disk still accepts empty files. Its name cannot be guessed, and noclobber
     * opens with O_EXCL: nobody can make it write through a link. Files of processes that were killed are deleted too.
     */
    private const SCRIPT = '{ flock -w 1 9 || exit; set -C; printf x > "$1$2" && word=ok || word=refused; rm -f "$1"*; echo $word; } 2>/dev/null 9>"$3" &';
    private const WARN_ROW_SECONDS = 60;

    private string $outbox;

    public function __construct(private Settings $settings, private RowJournal $journal)
    {
        $this->outbox = $settings->mediaRoot.'/outbox';
    }

    public function run(Deadline $deadline): iterable
    {
        $answer = $this->writeProbe($deadline);
        yield match ($answer) {
            'ok' => $this->evaluate(),
            'refused' => new CheckResult('outbox', 'system', Status::Fail, 'The outbox accepts no files.'),
            default => new CheckResult('outbox', 'system', Status::Fail, 'The outbox did not answer in time.'),
        };
        yield '' === $answer ? new CheckResult('journal', 'system', Status::Warn, 'Unknown without the outbox.') : $this->evaluateJournal();
    }

    private function evaluate(): CheckResult
    {
        $files = $this->count();
        $problem = match (true) {
            $files >= self::WARN_FILES => 'The outbox fills up faster than files are carried.',
            @disk_free_space($this->outbox) < self::WARN_FREE_BYTES => 'The disk is almost full.',
            default => '',
        };

        return new CheckResult('outbox', 'system', '' === $problem ? Status::Pass : Status::Warn, $problem, $files, 'files');
    }

    private function evaluateJournal(): CheckResult
    {
        $seconds = $this->journal->oldestSeconds();

        return $seconds > self::WARN_ROW_SECONDS
            ? new CheckResult('journal', 'system', Status::Warn, 'Rows have been waiting for MySQL for too long.', $seconds, 's')
            : new CheckResult('journal', 'system', Status::Pass, observedValue: $seconds, observedUnit: 's');
    }

    private function writeProbe(Deadline $deadline): string
    {
        $process = proc_open(
            ['/bin/sh', '-c', self::SCRIPT, 'sh', $this->outbox.'/'.self::PROBE, bin2hex(random_bytes(8)), $this->settings->runDirectory.'/tmp/outbox-probe'],
            [['file', '/dev/null', 'r'], ['pipe', 'w'], ['file', '/dev/null', 'w']],
            $pipes,
        );
        if (false === $process || !isset($pipes[1])) {
            return '';
        }
        $readable = [$pipes[1]];
        $none = null;
        $line = 1 === stream_select($readable, $none, $none, 0, (int) ($deadline->secondsFor(1.5) * 1_000_000)) ? fgets($pipes[1]) : false;
        fclose($pipes[1]);
        proc_close($process);

        return trim((string) $line);
    }

    /** Stops at the warning threshold, since a backlog may be long. */
    private function count(): int
    {
        $files = 0;
        $directory = @opendir($this->outbox);
        while (false !== $directory && $files < self::WARN_FILES && false !== $name = readdir($directory)) {
            $files += '.' === $name[0] ? 0 : 1;
        }

        return $files;
    }
}
