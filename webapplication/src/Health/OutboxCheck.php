<?php

declare(strict_types=1);

namespace App\Health;

use App\Settings;
use Symfony\Component\DependencyInjection\Attribute\AsTaggedItem;

/**
 * Whether the outbox takes files, and does not fill up. A share that hangs stops whoever touches it for good, so another
 * process does the touching, and this one waits for its word until the time is up. It comes last: the others' time is its too.
 */
#[AsTaggedItem(priority: -10)]
final readonly class OutboxCheck implements HealthCheck
{
    private const PROBE = '.tmp-health';
    private const FILLING_FILES = 1000;
    private const FILLING_FREE_BYTES = 256 * 1024 * 1024;
    /**
     * In the background, so that nobody has to wait for its end; and one at a time, so that a share that hangs collects no
     * processes. With a byte in it: a full disk takes empty files.
     */
    private const SCRIPT = '{ flock -w 1 9 || exit; printf x > "$1" && word=ok || word=refused; rm -f "$1"; echo $word; } 2>/dev/null 9>"$2" &';

    private string $outbox;

    public function __construct(private Settings $settings)
    {
        $this->outbox = $settings->mediaRoot.'/outbox';
    }

    public function run(Deadline $deadline): iterable
    {
        yield match ($this->touch($deadline)) {
            'ok' => $this->evaluate(),
            'refused' => new CheckResult('outbox', 'system', Status::Fail, 'Takes no file.'),
            default => new CheckResult('outbox', 'system', Status::Fail, 'Does not answer in time.'),
        };
    }

    private function evaluate(): CheckResult
    {
        $files = $this->count();
        $problem = match (true) {
            $files >= self::FILLING_FILES => 'Fills up: files come faster than they go.',
            @disk_free_space($this->outbox) < self::FILLING_FREE_BYTES => 'Little space is left on the disk.',
            default => '',
        };

        return new CheckResult('outbox', 'system', '' === $problem ? Status::Pass : Status::Warn, $problem, $files, 'files');
    }

    private function touch(Deadline $deadline): string
    {
        $process = proc_open(
            ['/bin/sh', '-c', self::SCRIPT, 'sh', $this->outbox.'/'.self::PROBE, $this->settings->runDirectory.'/tmp/outbox-probe'],
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

    /** No more than it takes to know that it is filling: a backlog may be long. */
    private function count(): int
    {
        $files = 0;
        $directory = @opendir($this->outbox);
        while (false !== $directory && $files < self::FILLING_FILES && false !== $name = readdir($directory)) {
            $files += '.' === $name[0] ? 0 : 1;
        }

        return $files;
    }
}
