<?php

declare(strict_types=1);

namespace App\Image;

use App\Database\DatabaseAway;
use App\Media\DiskRefuses;
use App\Media\DurableFile;
use App\Settings;
use Psr\Log\LoggerInterface;

/** Rows that MySQL could not take, one file each, beside the outbox; written to MySQL once it is back. */
final readonly class RowJournal
{
    public function __construct(
        private Settings $settings,
        private DurableFile $files,
        private ImageTable $table,
        private LoggerInterface $logger,
    ) {
    }

    /** @throws DiskRefuses */
    public function keep(ImageRow $row): void
    {
        $this->files->write($this->directory().'/'.$row->id.'.json', $row->toJson());
    }

    /**
     * Writes waiting rows, oldest first, and forgets each once MySQL has it.
     *
     * @return int how many were written
     *
     * @throws DatabaseAway with the rest still waiting
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
                $row = ImageRow::fromJson($text);
            } catch (\UnexpectedValueException $failure) {
                $this->reject($path, $failure);
                continue;
            }
            $this->table->add($row);
            @unlink($path);
            ++$written;
        }

        return $written;
    }

    /** @return list<string> */
    public function waiting(): array
    {
        $names = @scandir($this->directory());

        return array_values(array_map(
            fn (string $name): string => $this->directory().'/'.$name,
            array_filter(false === $names ? [] : $names, static fn (string $name): bool => 1 === preg_match('/^[0-9A-Z]{26}\.json$/D', $name)),
        ));
    }

    /** What is no row must not be asked for again and again, nor be lost. */
    private function reject(string $path, \UnexpectedValueException $failure): void
    {
        $directory = $this->settings->mediaRoot.'/journal-rejected';
        @mkdir($directory);
        @rename($path, $directory.'/'.basename($path));
        $this->logger->error('A journal file holds no row, it is set aside: {reason}', ['reason' => $failure->getMessage(), 'file' => basename($path)]);
    }

    private function directory(): string
    {
        return $this->settings->mediaRoot.'/journal';
    }
}
