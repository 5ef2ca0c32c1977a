<?php

declare(strict_types=1);

namespace App\Health;

enum Status: string
{
    case Pass = 'pass';
    case Warn = 'warn';
    case Fail = 'fail';

    public function or(self $other): self
    {
        return match (true) {
            self::Fail === $this, self::Fail === $other => self::Fail,
            self::Warn === $this, self::Warn === $other => self::Warn,
            default => self::Pass,
        };
    }
}
