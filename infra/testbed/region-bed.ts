import { createHash } from 'node:crypto';
import type { Connection } from '../lib/connection.ts';
import { TestRegion } from './region.ts';

export interface MadeImage {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
  readonly durable: boolean;
}

/** A started region that suites share, and the requests that they have in common. */
export class RegionBed {
  readonly region: TestRegion;
  /** As of the last start. */
  connection: Connection;

  private constructor(region: TestRegion, connection: Connection) {
    this.region = region;
    this.connection = connection;
  }

  static async create(): Promise<RegionBed> {
    const region = await TestRegion.create();
    await region.start();
    return new RegionBed(region, await region.connection());
  }

  async start(): Promise<void> {
    await this.region.start();
    this.connection = await this.region.connection();
  }

  async makeImage(): Promise<{ readonly status: number; readonly image: MadeImage }> {
    const answer = await fetch(`${this.connection.production}/api/generate-image`, { method: 'POST' });
    return { status: answer.status, image: (await answer.json()) as MadeImage };
  }

  async read(url: string): Promise<{ readonly status: number; readonly sha256: string }> {
    const answer = await fetch(`${this.connection.production}${url}`);
    return { status: answer.status, sha256: sha256(Buffer.from(await answer.arrayBuffer())) };
  }

  async isInBlob(name: string): Promise<boolean> {
    return (await this.region.media()).getBlobClient(name).exists();
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
