<?php

declare(strict_types=1);

namespace App\Tests\Servers;

/** A copy of the application as a release deploys it, to which a test can add migrations. */
final readonly class Package
{
    private function __construct(public string $directory)
    {
    }

    public static function ofCheckout(string $directory): self
    {
        $from = Source::directory();
        mkdir($directory);
        foreach (['bin', 'composer.json', 'config', 'migrations', 'openapi.json', 'public', 'src'] as $part) {
            exec(sprintf('cp -r %s %s', escapeshellarg($from.'/'.$part), escapeshellarg($directory)));
        }
        exec(sprintf('cp -rl %1$s %2$s 2>/dev/null || { rm -rf %2$s; cp -r %1$s %2$s; }; chmod -R a+rX %2$s', escapeshellarg($from.'/vendor'), escapeshellarg($directory.'/vendor')));

        return new self($directory);
    }

    /** Shares the content of its files with this package. */
    public function copy(string $directory): self
    {
        exec(sprintf('cp -rl %s %s', escapeshellarg($this->directory), escapeshellarg($directory)));

        return new self($directory);
    }

    /** Compiles the container as a release does, so that the application starts without compiling. */
    public function compile(): self
    {
        file_put_contents($this->directory.'/version.json', '{"version":"compiled"}');
        exec(sprintf('cd %1$s && php bin/console cache:warmup --env=prod 2>&1 && chmod -R a+rX %1$s', escapeshellarg($this->directory)), $output, $code);
        if (0 !== $code) {
            throw new \RuntimeException('cache:warmup: '.implode("\n", $output));
        }

        return $this;
    }

    /** @param 'Contract'|'Expand' $kind */
    public function addMigration(string $version, string $kind, string ...$statements): void
    {
        $up = implode("\n", array_map(static fn (string $statement): string => sprintf('$this->addSql(%s);', var_export($statement, true)), $statements));
        (new MigrationFile($this->directory.'/migrations', $version))->write($kind, $up);
    }
}
