import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import {
  type BlobItem,
  BlobServiceClient,
  type ContainerClient,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { monotonicClock } from '../lib/clock.ts';
import type { AccountAccess } from '../lib/connection.ts';
import { messageOf } from '../lib/error-message.ts';
import { SlipError } from '../lib/errors.ts';
import { compareMedia, type MediaComparison, type MediaDigests } from './media-comparison.ts';

const PARALLEL = 8;
/** Marks the snapshots of a drill, so that no other is removed. */
const MARK = 'slipwaydrill';

export interface MediaDrillResult extends MediaComparison {
  readonly bytes: number;
  readonly snapshotMs: number;
  readonly restoreMs: number;
}

interface Snapshot {
  readonly name: string;
  readonly id: string;
}

/**
 * Restores media from blob snapshots into a container of its own: Azurite has neither versions nor soft delete. A snapshot never changes,
 * so what is restored is the media of one moment per file, whatever is written meanwhile.
 */
export class MediaDrill {
  readonly #production: ContainerClient;
  readonly #restored: ContainerClient;
  readonly #progress: (text: string) => void;
  #bytes = 0;

  constructor(access: AccountAccess, progress: (text: string) => void) {
    const service = new BlobServiceClient(access.endpoint, new StorageSharedKeyCredential(access.account, access.key), {
      retryOptions: { maxTries: 3, retryDelayInMs: 100 },
    });
    this.#production = service.getContainerClient(access.container);
    this.#restored = service.getContainerClient(`${access.container}-restore-drill`);
    this.#progress = progress;
  }

  async run(): Promise<MediaDrillResult> {
    return failing(async () => {
      this.#progress('snapshots of the media');
      const began = monotonicClock.now();
      const snapshots = await this.#takeSnapshots();
      const taken = monotonicClock.now();
      this.#progress(`${snapshots.length} files come back from their snapshots`);
      await this.#restored.create();
      const expected = new Map<string, string>();
      await inParallel(snapshots, async (snapshot) => {
        expected.set(snapshot.name, await this.#restore(snapshot));
      });
      const ended = monotonicClock.now();
      this.#progress('MD5 of what was restored');
      const restored = await this.#digestsByReading();
      return {
        ...compareMedia(expected, restored, await this.#digestsOfProduction()),
        bytes: this.#bytes,
        snapshotMs: Math.round(taken - began),
        restoreMs: Math.round(ended - taken),
      };
    });
  }

  /** Removes the second container and the drill's snapshots. Can be repeated. */
  async clean(): Promise<void> {
    await failing(async () => {
      await this.#restored.deleteIfExists();
      const listed = await all(this.#production.listBlobsFlat({ includeSnapshots: true, includeMetadata: true }));
      const marked = listed.filter(({ snapshot, metadata }) => snapshot && metadata?.[MARK] !== undefined);
      await inParallel(marked, async ({ name, snapshot }) => {
        if (snapshot) await this.#production.getBlobClient(name).withSnapshot(snapshot).deleteIfExists();
      });
    });
  }

  async #takeSnapshots(): Promise<Snapshot[]> {
    const snapshots: Snapshot[] = [];
    const blobs = await all(this.#production.listBlobsFlat({ includeMetadata: true }));
    await inParallel(blobs, async ({ name, metadata = {} }) => {
      const client = this.#production.getBlobClient(name);
      const { snapshot } = await client.createSnapshot({ metadata: { ...metadata, [MARK]: '1' } });
      if (snapshot !== undefined) snapshots.push({ name, id: snapshot });
    });
    return snapshots;
  }

  /** Copies the snapshot's bytes. Resolves to the MD5 that was recorded when the file was written, else to that of the bytes. */
  async #restore({ name, id }: Snapshot): Promise<string> {
    const source = await this.#production.getBlobClient(name).withSnapshot(id).download();
    const hash = createHash('md5');
    const body = new PassThrough();
    source.readableStreamBody?.on('error', (error) => body.destroy(error)).pipe(body);
    body.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      this.#bytes += chunk.length;
    });
    const { [MARK]: _, ...metadata } = source.metadata ?? {};
    await this.#restored.getBlockBlobClient(name).uploadStream(body, undefined, undefined, {
      metadata,
      blobHTTPHeaders: {
        ...(source.contentType === undefined ? {} : { blobContentType: source.contentType }),
        ...(source.contentMD5 === undefined ? {} : { blobContentMD5: source.contentMD5 }),
      },
    });
    return source.contentMD5 === undefined ? hash.digest('base64') : base64(source.contentMD5);
  }

  /** What the bytes say, not what the service recorded. */
  async #digestsByReading(): Promise<MediaDigests> {
    const digests = new Map<string, string>();
    await inParallel(await all(this.#restored.listBlobsFlat()), async ({ name }) => {
      const hash = createHash('md5');
      const { readableStreamBody = [] } = await this.#restored.getBlobClient(name).download();
      for await (const chunk of readableStreamBody) hash.update(chunk);
      digests.set(name, hash.digest('base64'));
    });
    return digests;
  }

  async #digestsOfProduction(): Promise<MediaDigests> {
    const blobs = await all(this.#production.listBlobsFlat());
    return new Map(
      blobs.flatMap(({ name, properties: { contentMD5 } }) => (contentMD5 ? [[name, base64(contentMD5)]] : [])),
    );
  }
}

async function all(listed: AsyncIterable<BlobItem>): Promise<BlobItem[]> {
  const items: BlobItem[] = [];
  for await (const item of listed) items.push(item);
  return items;
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

async function failing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new SlipError('SLIP-DRILL-MEDIA', {
      found: `Blob: ${messageOf(cause)}`,
      expected: 'snapshots of the media, and a second container',
      fix: './slipway status shows whether Blob runs; npm start restarts it',
      cause,
    });
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
