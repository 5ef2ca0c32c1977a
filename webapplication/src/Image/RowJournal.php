<?php

declare(strict_types=1);

namespace App\Image;

use App\Database\DatabaseUnavailableException;
use App\Database\DataRejectedException;
use App\Media\DiskWriteException;
use App\Media\DurableFile;
use App\Media\LocalFile;
use App\Media\MediaName;
use App\Settings;
use Psr\Log\LoggerInterface;

/**
 * Rows that wait for MySQL, one file each, in a directory beside the outbox. Rows that MySQL rejects move to journal-rejected/,
 * each with a file that holds the reason.
 */
final readonly class RowJournal
{
    private const MAX_ROW_BYTES = 4096;

    public function __construct(
        private Settings $settings,
        private DurableFile $files,
        private ImageRepository $images,
        private LoggerInterface $logger,
    ) {
    }

    /** @throws DiskWriteException */
    public function keep(ImageRow $row): void
    {
        $this->files->write($this->directory().'/'.$row->id.'.json', $row->toJson());
    }

    /**
     * Writes waiting rows to MySQL, oldest first, and deletes the file of each.
     *
     * @return int number of written rows
     *
     * @throws DatabaseUnavailableException the remaining rows keep waiting
     */
    public function flush(int $limit): int
    {
        $written = 0;
        foreach (array_slice($this->waiting(), 0, $limit) as $path) {
            try {
                $row = $this->read($path);
                if (null === $row) {
                    continue;
                }
                $this->images->add($row);
            } catch (\UnexpectedValueException|DataRejectedException $failure) {
                $this->reject($path, $failure);
                continue;
            }
            @unlink($path);
            ++$written;
        }

        return $written;
    }

    /** @return list<string> paths, oldest first */
    public function waiting(): array
    {
        return $this->rows($this->directory());
    }

    /** @return int age of the oldest waiting row in seconds; 0 without one */
    public function oldestSeconds(): int
    {
        $oldest = $this->waiting()[0] ?? null;
        $changedAt = null === $oldest ? false : @filemtime($oldest);

        return false === $changedAt ? 0 : max(0, time() - $changedAt);
    }

    /** @return list<string> paths of rejected rows */
    public function rejected(): array
    {
        return $this->rows($this->rejectedDirectory());
    }

    /**
     * @return ImageRow|null null when the file cannot be read now: another instance has just written its row, or the share has a fault
     *
     * @throws \UnexpectedValueException for what this application did not write
     */
    private function read(string $path): ?ImageRow
    {
        $file = basename($path);
        $name = MediaName::parse($file) ?? throw new \LogicException('Not a valid name: '.$file);
        $content = LocalFile::open(dirname($path), $name, maxLinks: 1);
        if (null === $content) {
            $state = @lstat($path);
            if (false !== $state && (!is_file($path) || is_link($path) || $state['nlink'] > 1)) {
                throw new \UnexpectedValueException('It is not a regular file.');
            }

            return null;
        }
        if ($content->size() > self::MAX_ROW_BYTES) {
            throw new \UnexpectedValueException(sprintf('It is longer than %d bytes.', self::MAX_ROW_BYTES));
        }
        $row = ImageRow::fromJson(implode('', [...$content->read(0, $content->size())]));
        if ($row->id.'.json' !== $file) {
            throw new \UnexpectedValueException('Its id is not the name of its file.');
        }

        return $row;
    }

    /** Moves a rejected row out of the way of the others, without losing it. */
    private function reject(string $path, \UnexpectedValueException|DataRejectedException $failure): void
    {
        $file = basename($path);
        @mkdir($this->rejectedDirectory());
        $reason = $this->rejectedDirectory().'/'.basename($file, '.json').'.reason';
        // What lies there may be a link: replaced, never followed.
        @unlink($reason);
        $handle = @fopen($reason, 'x');
        if (false !== $handle) {
            fwrite($handle, $failure->getMessage()."\n");
            fclose($handle);
        }
        @rename($path, $this->rejectedDirectory().'/'.$file);
        $this->logger->error('A journal row is rejected: {reason}', ['reason' => $failure->getMessage(), 'file' => $file]);
    }

    /** @return list<string> */
    private function rows(string $directory): array
    {
        $names = @scandir($directory);

        return array_values(array_map(
            static fn (string $name): string => $directory.'/'.$name,
            array_filter(false === $names ? [] : $names, static fn (string $name): bool => 1 === preg_match('/^[0-9A-Z]{26}\.json$/D', $name)),
        ));
    }

    private function directory(): string
    {
        return $this->settings->mediaRoot.'/journal';
    }

    private function rejectedDirectory(): string
    {
        return $this->settings->mediaRoot.'/journal-rejected';
    }
}
