<?php

declare(strict_types=1);

namespace App\Health;

/** What one check found. Its text is for strangers too: no host, no path, no secret. */
final readonly class CheckResult
{
    public function __construct(
        public string $check,
        /** Of draft-inadarei-api-health-check: component, datastore or system. */
        public string $componentType,
        public Status $status,
        public string $output = '',
        public int|string|null $observedValue = null,
        public string $observedUnit = '',
        public string $componentId = '',
    ) {
    }

    /** @return array<string, int|string> */
    public function describe(): array
    {
        return ['componentType' => $this->componentType, 'status' => $this->status->value]
            + (null === $this->observedValue ? [] : ['observedValue' => $this->observedValue])
            + ('' === $this->observedUnit ? [] : ['observedUnit' => $this->observedUnit])
            + ('' === $this->componentId ? [] : ['componentId' => $this->componentId])
            + ('' === $this->output ? [] : ['output' => $this->output]);
    }
}
