import type { BlobAccess } from './blob-contents.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { Folders } from './folders.ts';

/** What carrying a file takes. */
export interface CarryContext extends BlobAccess {
  readonly folders: Folders;
  readonly buffers: BufferPool;
  readonly nowMs: () => number;
  /** The id of the outbox, which marks the blobs of foreign files. Undefined while it cannot be read, as on a full disk. */
  readonly outboxId: () => Promise<string | undefined>;
}
