<?php

declare(strict_types=1);

namespace App\Image;

use App\Database\DatabaseUnavailableException;
use App\Database\DataRejectedException;
use App\Media\DiskWriteException;
use App\Media\MediaName;
use App\Media\Outbox;
use App\Settings;
use App\Sidecar\CarryResult;
use App\Sidecar\SidecarClient;
use Psr\Log\LoggerInterface;
use Symfony\Component\Uid\Ulid;

/** Draws an image, stores it, records its row and waits for Blob. The file is stored first, so no row exists without its file. */
final readonly class ImageGenerator
{
    private const PROBES = '_probe/';

    public function __construct(
        private ImageRenderer $renderer,
        private Outbox $outbox,
        private ImageRepository $images,
        private RowJournal $journal,
        private SidecarClient $sidecar,
        private Settings $settings,
        private LoggerInterface $logger,
    ) {
    }

    /** @throws DiskWriteException */
    public function generate(ImageOptions $options): GeneratedImage
    {
        return $this->store($options, '', $this->settings->mediaWaitMs, $this->record(...));
    }

    /**
     * Makes an image without a row, to prove the path to Blob.
     *
     * @throws DiskWriteException
     */
    public function probe(int $waitMs): GeneratedImage
    {
        return $this->store(new ImageOptions(ImageFormat::Png, 64, 64), self::PROBES, $waitMs, static function (): void {
        });
    }

    /** @param callable(MediaName, ImageRow): void $record */
    private function store(ImageOptions $options, string $folder, int $waitMs, callable $record): GeneratedImage
    {
        $bytes = $this->renderer->render($options);
        $id = new Ulid();
        $createdAt = $id->getDateTime();
        $name = MediaName::parse($folder.$id->toBase32().'.'.$options->format->extension()) ?? throw new \LogicException('Not a valid name: '.$id->toBase32());
        $sha256 = hash('sha256', $bytes);

        $this->outbox->put($name, $bytes);
        $record($name, new ImageRow($id->toBase32(), $name->path, $options->format->contentType(), $options->width, $options->height, strlen($bytes), $sha256, $createdAt));

        return new GeneratedImage($name, strlen($bytes), $sha256, $createdAt, CarryResult::Durable === $this->sidecar->carry($name->path, $waitMs));
    }

    private function record(MediaName $name, ImageRow $row): void
    {
        try {
            $this->images->add($row);
        } catch (DatabaseUnavailableException|DataRejectedException $failure) {
            $this->logger->warning('MySQL did not accept the row, it waits in the journal: {reason}', ['reason' => $failure->getMessage(), 'image' => $row->name]);
            try {
                $this->journal->keep($row);
            } catch (DiskWriteException $failure) {
                $this->outbox->withdraw($name);
                throw $failure;
            }
        }
    }
}
