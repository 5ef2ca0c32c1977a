<?php

declare(strict_types=1);

namespace App\Image;

use App\Database\DatabaseAway;
use App\Database\DatabaseRefuses;
use App\Media\DiskRefuses;
use App\Media\MediaName;
use App\Media\Outbox;
use App\Settings;
use App\Sidecar\CarryResult;
use App\Sidecar\SidecarClient;
use Psr\Log\LoggerInterface;
use Symfony\Component\Uid\Ulid;

/** Paints, stores, records, and waits a moment for Blob, in this order: whatever stops it, no row is without its file. */
final readonly class ImageMaker
{
    private const PROBES = '_probe/';

    public function __construct(
        private Painter $painter,
        private Outbox $outbox,
        private ImageTable $table,
        private RowJournal $journal,
        private SidecarClient $sidecar,
        private Settings $settings,
        private LoggerInterface $logger,
    ) {
    }

    /** @throws DiskRefuses */
    public function make(ImageOrder $order): MadeImage
    {
        return $this->store($order, '', $this->settings->mediaWaitMs, $this->record(...));
    }

    /**
     * An image that is in no listing, to prove the way to Blob.
     *
     * @throws DiskRefuses
     */
    public function probe(int $waitMs): MadeImage
    {
        return $this->store(new ImageOrder(ImageFormat::Png, 64, 64), self::PROBES, $waitMs, static function (): void {
        });
    }

    /** @param callable(MediaName, ImageRow): void $record */
    private function store(ImageOrder $order, string $folder, int $waitMs, callable $record): MadeImage
    {
        $bytes = $this->painter->paint($order);
        $id = new Ulid();
        $createdAt = $id->getDateTime();
        $name = MediaName::parse($folder.$id->toBase32().'.'.$order->format->extension()) ?? throw new \LogicException('Not a name: '.$id->toBase32());
        $sha256 = hash('sha256', $bytes);

        $this->outbox->put($name, $bytes);
        $record($name, new ImageRow($id->toBase32(), $name->path, $order->format->contentType(), $order->width, $order->height, strlen($bytes), $sha256, $createdAt));

        return new MadeImage($name, strlen($bytes), $sha256, $createdAt, CarryResult::Durable === $this->sidecar->carry($name->path, $waitMs));
    }

    private function record(MediaName $name, ImageRow $row): void
    {
        try {
            $this->table->add($row);
        } catch (DatabaseAway|DatabaseRefuses $failure) {
            $this->logger->warning('MySQL does not take the row, it waits in the journal: {reason}', ['reason' => $failure->getMessage(), 'image' => $row->name]);
            try {
                $this->journal->keep($row);
            } catch (DiskRefuses $refusal) {
                $this->outbox->withdraw($name);
                throw $refusal;
            }
        }
    }
}
