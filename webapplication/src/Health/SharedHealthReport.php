<?php

declare(strict_types=1);

namespace App\Health;

use App\Settings;

/**
 * Coalesces concurrent requests: all that arrive while a report is made get that report, so the dependencies are checked once
 * at a time. A request that arrives later gets a new report.
 */
final readonly class SharedHealthReport
{
    /** Resolution of nginx's arrival time. */
    private const CLOCK_SECONDS = 0.001;

    private string $file;

    public function __construct(private HealthReport $report, Settings $settings)
    {
        $this->file = $settings->runDirectory.'/tmp/health.json';
    }

    /** @return array{Status, array<mixed>} */
    public function get(): array
    {
        // e: a child process of a check would inherit the file and its lock.
        $file = @fopen($this->file, 'c+e');
        if (false === $file) {
            return $this->report->make();
        }
        try {
            flock($file, \LOCK_EX);

            return $this->madeSince($this->arrivedAt(), (string) stream_get_contents($file)) ?? $this->make($file);
        } finally {
            fclose($file);
        }
    }

    /** @return array{Status, array<mixed>}|null */
    private function madeSince(float $time, string $kept): ?array
    {
        $report = (array) json_decode($kept, true);
        $madeAt = $report['madeAt'] ?? null;
        $status = $report['status'] ?? null;
        $document = $report['document'] ?? null;
        if (!is_float($madeAt) || !is_string($status) || !is_array($document)) {
            return null;
        }

        return $madeAt > $time + self::CLOCK_SECONDS && $madeAt <= microtime(true) ? [Status::from($status), $document] : null;
    }

    /**
     * @param resource $file
     *
     * @return array{Status, array<mixed>}
     */
    private function make(mixed $file): array
    {
        [$status, $document] = $this->report->make();
        ftruncate($file, 0);
        rewind($file);
        @fwrite($file, json_encode(['madeAt' => microtime(true), 'status' => $status, 'document' => $document], \JSON_THROW_ON_ERROR | \JSON_PRESERVE_ZERO_FRACTION));

        return [$status, $document];
    }

    private function arrivedAt(): float
    {
        $time = $_SERVER['REQUEST_ARRIVED_AT'] ?? null;

        return is_numeric($time) ? (float) $time : microtime(true);
    }
}
