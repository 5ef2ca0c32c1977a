<?php

declare(strict_types=1);

namespace App\Sidecar;

final readonly class SidecarResponse
{
    public function __construct(public int $status, public string $body)
    {
    }

    /** @return array<mixed> empty when the body is no JSON object */
    public function json(): array
    {
        $data = json_decode($this->body, true);

        return is_array($data) ? $data : [];
    }
}
