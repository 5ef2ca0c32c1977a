<?php

declare(strict_types=1);

namespace App\Tests\Unit;

use App\Media\LocalFile;
use App\Media\MediaName;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Test;
use PHPUnit\Framework\TestCase;

final class LocalFileTest extends TestCase
{
    private const SWAPS = 5000;

    private string $directory;

    protected function setUp(): void
    {
        $this->directory = sys_get_temp_dir().'/slipway-php-local-'.bin2hex(random_bytes(4));
        mkdir($this->directory.'/outside', recursive: true);
        mkdir($this->directory.'/outbox/folder', recursive: true);
        file_put_contents($this->directory.'/outside/file', 'outside');
        file_put_contents($this->directory.'/outbox/folder/file', 'in');
        // An attacker can also copy the time.
        touch($this->directory.'/outside/file', 1_700_000_000);
        touch($this->directory.'/outbox/folder/file', 1_700_000_000);
    }

    protected function tearDown(): void
    {
        exec('rm -rf '.escapeshellarg($this->directory));
    }

    /** @return iterable<string, array{string, string}> what is swapped, and for a link to what */
    public static function swaps(): iterable
    {
        yield 'the file' => ['outbox/folder/file', 'outside/file'];
        yield 'its folder' => ['outbox/folder', 'outside'];
    }

    #[Test]
    #[DataProvider('swaps')]
    public function a_link_that_is_swapped_in_at_any_moment_leads_nowhere(string $swapped, string $target): void
    {
        $before = $this->read();
        $swapper = $this->swapForAWhile($this->directory.'/'.$swapped, $this->directory.'/'.$target);
        $read = [];
        while (0 === pcntl_waitpid($swapper, $status, \WNOHANG)) {
            $read[] = $this->read();
        }

        self::assertSame(['in', 'in'], [$before, $this->read()]);
        self::assertSame([], array_diff($read, ['', 'in']));
    }

    private function read(): string
    {
        $file = LocalFile::open($this->directory.'/outbox', MediaName::parse('folder/file') ?? throw new \LogicException('no name'));

        return null === $file ? '' : implode('', [...$file->read(0, $file->size())]);
    }

    /** @return int pid of a process that exchanges the two again and again */
    private function swapForAWhile(string $path, string $target): int
    {
        $pid = pcntl_fork();
        if (0 !== $pid) {
            return $pid;
        }
        $aside = $path.'-aside';
        for ($swap = 0; $swap < self::SWAPS; ++$swap) {
            rename($path, $aside);
            symlink($target, $path);
            self::linger();
            unlink($path);
            rename($aside, $path);
            self::linger();
        }
        // The child must not run the shutdown functions that stop the parent's servers.
        posix_kill(posix_getpid(), \SIGKILL);
        exit;
    }

    /** Waits about as long as opening a file takes. */
    private static function linger(): void
    {
        $until = hrtime(true) + random_int(0, 20_000);
        do {
            $now = hrtime(true);
        } while ($now < $until);
    }
}
