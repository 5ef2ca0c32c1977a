import type { Fingerprint } from './fingerprint.ts';

/**
 * How an attempt to carry a file ended:
 * - `durable`: in Blob with the right length and MD5; `unmoved` says why it could not leave the outbox nevertheless;
 * - `gone`: no longer in the outbox, and not by this attempt;
 * - `conflict`: Blob holds other contents under this name; the file was moved to conflicts;
 * - `changed`: not the same file after as before; `incomplete`: its structure has no end yet;
 * - `refused`: never taken; `unreadable`, `rejected`: this file cannot be taken now;
 * - `failed`: the request failed for reasons that are not the file's.
 */
export type Outcome =
  | {
      readonly kind: 'durable';
      readonly bytes: number;
      readonly uploaded: boolean;
      readonly unmoved?: string;
      /** The file in `synced`, when its bytes are surely those in Blob. */
      readonly synced?: Fingerprint;
      /** Why the file is unusual, when it was carried as it is. */
      readonly asItIs?: string;
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'conflict'; readonly movedTo: string }
  | { readonly kind: 'incomplete'; readonly reason: string; readonly fingerprint: Fingerprint }
  | { readonly kind: 'changed' | 'refused' | 'unreadable' | 'rejected'; readonly reason: string }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly unavailable: boolean;
      readonly retryAfterMs: number | undefined;
    };
