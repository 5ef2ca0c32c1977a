<?php

declare(strict_types=1);

namespace App\Database;

enum MigrationKind: string
{
    case Expand = 'expand';
    case Contract = 'contract';

    public function other(): self
    {
        return self::Expand === $this ? self::Contract : self::Expand;
    }

    /**
     * @param class-string $migration
     *
     * @throws \LogicException unless it carries exactly one of the two attributes
     */
    public static function of(string $migration): self
    {
        $class = new \ReflectionClass($migration);
        $expands = [] !== $class->getAttributes(Expand::class);
        $contracts = [] !== $class->getAttributes(Contract::class);
        if ($expands === $contracts) {
            throw new \LogicException(sprintf('Migration %s carries %s of #[Expand] and #[Contract]; it needs exactly one.', $class->getShortName(), $expands ? 'both' : 'neither'));
        }

        return $expands ? self::Expand : self::Contract;
    }
}
