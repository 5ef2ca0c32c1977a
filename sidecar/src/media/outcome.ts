/**
 * How an attempt to carry a file ended:
 * - `durable`: in Blob with the right length and MD5; `unmoved` says why it could not leave the outbox nevertheless;
 * - `gone`: no longer in the outbox, and not by this attempt;
 * - `conflict`: Blob holds other contents under this name; the file was moved aside;
 * - `changed`: not the same file after as before; `incomplete`: not whole yet;
 * - `refused`: never to be taken; `unreadable`, `rejected`: this file cannot be taken now;
 * - `failed`: the request failed, through no fault of the file.
 */
export type Outcome =
  | { readonly kind: 'durable'; readonly bytes: number; readonly uploaded: boolean; readonly unmoved?: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'conflict'; readonly movedTo: string }
  | { readonly kind: 'changed' | 'incomplete' | 'refused' | 'unreadable' | 'rejected'; readonly reason: string }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly unavailable: boolean;
      readonly retryAfterMs: number | undefined;
    };
