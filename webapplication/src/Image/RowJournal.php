<?php

declare(strict_types=1);

namespace App\Image;

use App\Database\DatabaseUnavailableException;
use App\Database\DataRejectedException;
use App\Media\DiskWriteException;
use App\Media\DurableFile;
use App\Settings;
use Psr\Log\LoggerInterface;

/**
 * Rows that wait for MySQL, one file each, in a directory beside the outbox. Rows that MySQL rejects move to journal-rejected/,
 * each with a file that holds the reason.
 */
final readonly class RowJournal
{
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
            $text = @file_get_contents($path);
            if (false === $text) {
                continue;
            }
            try {
                $this->images->add(ImageRow::fromJson($text));
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

    /** @return list<string> paths of rejected rows */
    public function rejected(): array
    {
        return $this->rows($this->rejectedDirectory());
    }

    /** Moves a rejected row out of the way of the others, without losing it. */
    private function reject(string $path, \UnexpectedValueException|DataRejectedException $failure): void
    {
        $file = basename($path);
        @mkdir($this->rejectedDirectory());
        @file_put_contents($this->rejectedDirectory().'/'.basename($file, '.json').'.reason', $failure->getMessage()."\n");
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
