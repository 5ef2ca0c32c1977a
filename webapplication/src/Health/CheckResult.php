<?php

declare(strict_types=1);

namespace App\Health;

/** The result of one check. Its output is public, so it contains no host, path or secret. */
final readonly class CheckResult
{
    public function __construct(
        public string $check,
        /** component, datastore or system, see draft-inadarei-api-health-check. */
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
