<?php

declare(strict_types=1);

namespace App\Tests\Unit;

use PHPUnit\Framework\Attributes\Test;
use PHPUnit\Framework\TestCase;

final class CompiledContainerTest extends TestCase
{
    private string $directory;

    protected function setUp(): void
    {
        $this->directory = sys_get_temp_dir().'/slipway-php-'.bin2hex(random_bytes(4));
        mkdir($this->directory);
    }

    protected function tearDown(): void
    {
        exec('rm -rf '.escapeshellarg($this->directory));
    }

    #[Test]
    public function the_same_tree_compiles_to_the_same_bytes_wherever_it_is_and_works_where_it_is_moved(): void
    {
        $first = $this->compile('one');
        $second = $this->compile('another/place');
        rename($this->directory.'/one', $this->directory.'/moved');
        exec('cd '.escapeshellarg($this->directory.'/moved').' && php bin/console debug:router --env=prod 2>&1', $output, $code);

        self::assertGreaterThan(10, count($first));
        self::assertSame($first, $second);
        self::assertSame(0, $code, implode("\n", $output));
        self::assertStringNotContainsString($this->directory, implode('', array_map(static fn (string $file): string => (string) file_get_contents($file), self::files($this->directory.'/moved/var/cache/prod'))));
    }

    /** @return array<string, string> name => hash of what a package would hold */
    private function compile(string $name): array
    {
        $copy = $this->directory.'/'.$name;
        mkdir($copy, 0o755, true);
        $source = dirname(__DIR__, 2);
        foreach (['bin', 'src', 'config', 'public', 'migrations', 'composer.json', 'openapi.json'] as $part) {
            exec(sprintf('cp -r %s %s', escapeshellarg($source.'/'.$part), escapeshellarg($copy)));
        }
        $from = escapeshellarg($source.'/vendor');
        $to = escapeshellarg($copy.'/vendor');
        exec(sprintf('cp -rl %1$s %2$s 2>/dev/null || { rm -rf %2$s; cp -r %1$s %2$s; }; cd %3$s && php bin/console cache:warmup --env=prod 2>&1', $from, $to, escapeshellarg($copy)), $output, $code);
        self::assertSame(0, $code, implode("\n", $output));
        $hashes = [];
        foreach (self::files($copy.'/var/cache/prod') as $file) {
            $hashes[substr($file, strlen($copy))] = (string) hash_file('sha256', $file);
        }

        return $hashes;
    }

    /** @return list<string> */
    private static function files(string $directory): array
    {
        $files = [];
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($directory, \FilesystemIterator::SKIP_DOTS)) as $file) {
            if ($file instanceof \SplFileInfo && 1 !== preg_match('/\.(meta|meta\.json|lock)$/', $file->getFilename())) {
                $files[] = $file->getPathname();
            }
        }
        sort($files);

        return $files;
    }
}
