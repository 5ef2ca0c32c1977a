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
 * Rows that MySQL could not take, one file each, beside the outbox; written to MySQL once it is back. What it will never take is
 * set aside: beside each such file is one with the reason.
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
     * Writes waiting rows, oldest first, and forgets each once MySQL has it.
     *
     * @return int how many were written
     *
     * @throws DatabaseUnavailableException with the rest still waiting
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
                $this->setAside($path, $failure);
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

    /** @return list<string> paths of what was set aside */
    public function refused(): array
    {
        return $this->rows($this->refusedDirectory());
    }

    /** What will never be a row must neither be asked for again and again, nor be in the way of others, nor be lost. */
    private function setAside(string $path, \UnexpectedValueException|DataRejectedException $failure): void
    {
        $file = basename($path);
        @mkdir($this->refusedDirectory());
        @file_put_contents($this->refusedDirectory().'/'.basename($file, '.json').'.reason', $failure->getMessage()."\n");
        @rename($path, $this->refusedDirectory().'/'.$file);
        $this->logger->error('A row of the journal is set aside, MySQL will never take it: {reason}', ['reason' => $failure->getMessage(), 'file' => $file]);
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

    private function refusedDirectory(): string
    {
        return $this->settings->mediaRoot.'/journal-rejected';
    }
}
