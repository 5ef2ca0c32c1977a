import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobCircuitBreaker, type CircuitBreakerOptions } from '../src/blob/circuit-breaker.ts';
import { BufferPool } from '../src/media/buffer-pool.ts';
import type { CarryContext } from '../src/media/carry-context.ts';
import { foldersIn } from '../src/media/folders.ts';
import { MemoryStore } from './memory-store.ts';

/** A context with a Blob in memory, and with folders in a temporary directory that the caller removes. */
export interface MemoryContext extends CarryContext {
  readonly store: MemoryStore;
}

export function memoryContext(
  nowMs: () => number = Date.now,
  onChange: CircuitBreakerOptions['onChange'] = () => undefined,
): MemoryContext {
  const folders = foldersIn(mkdtempSync(join(tmpdir(), 'slipway-media-')));
  for (const folder of [folders.outbox, folders.synced, folders.conflicts]) mkdirSync(folder);
  const store = new MemoryStore();
  const breaker = new BlobCircuitBreaker({ probe: () => store.probe(), nowMs, random: Math.random, onChange });
  return { folders, store, breaker, buffers: new BufferPool(), nowMs, outboxId: async () => 'this-outbox' };
}
