<?php

declare(strict_types=1);

namespace Slipway\Workers;

/** Log lines in JSON. Each begins with the process it is of: `supervisor`, `worker.NAME` or `schedule`. */
class Log
{
    private const ERROR = '/PHP (Fatal|Parse)|\bUncaught\b|\b(error|critical|alert|emergency)\b/i';
    private const WARNING = '/PHP (Warning|Deprecated|Notice)|\bwarning\b/i';

    public function say(string $level, string $message, string $process = 'supervisor'): void
    {
        $this->write($process, ['level' => $level, 'channel' => $process, 'message' => $message, 'datetime' => gmdate('Y-m-d\TH:i:s\Z')]);
    }

    /** A line that a process printed. One that is JSON already keeps its members. */
    public function relay(string $process, string $line): void
    {
        $record = str_starts_with($line, '{') ? json_decode($line, true) : null;
        if (is_array($record)) {
            $this->write($process, $record);

            return;
        }
        $level = 1 === preg_match(self::ERROR, $line) ? 'ERROR' : (1 === preg_match(self::WARNING, $line) ? 'WARNING' : 'INFO');
        $this->say($level, $line, $process);
    }

    /** @param array<mixed> $record */
    protected function write(string $process, array $record): void
    {
        $flags = \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_INVALID_UTF8_SUBSTITUTE | \JSON_PARTIAL_OUTPUT_ON_ERROR;
        fwrite(\STDERR, json_encode(['process' => $process] + $record, $flags)."\n");
    }
}
