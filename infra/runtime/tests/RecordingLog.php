<?php

declare(strict_types=1);

namespace Slipway\Workers\Tests;

use Slipway\Workers\Log;

/** Keeps lines instead of writing them. */
final class RecordingLog extends Log
{
    /** @var list<array<mixed>> */
    public array $records = [];

    /** @return list<string> */
    public function messages(): array
    {
        return array_map(static fn (array $record): string => (string) ($record['message'] ?? ''), $this->records);
    }

    protected function write(string $process, array $record): void
    {
        $this->records[] = ['process' => $process] + $record;
    }
}
