import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { FakeFront, FakeWorker, type Journal } from './fake-worker.fixture.ts';
import type { ReferenceResolver } from './key-vault-references.ts';
import { Site } from './site.ts';
import type { OperationResult, SiteDefinition } from './site-state.ts';
import type { SlotName } from './worker.ts';

/** A clock that advances only by `sleep`. */
export class FakeClock implements Clock {
  #now = Date.parse('2026-01-01T00:00:00Z');
  /** Called at each sleep, before the time passes. */
  onSleep: (ms: number) => void = () => undefined;

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.onSleep(ms);
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    this.#now += ms;
  }
}

export function definition(change: Partial<SiteDefinition> = {}): SiteDefinition {
  const slot = (name: SlotName) => ({
    settings: { SLOT_NAME: name, GREETING: `hello from ${name}` },
    siteContainers: [
      {
        name: 'sidecar',
        properties: {
          image: 'registry/sidecar@sha256:1',
          isMain: false,
          inheritAppSettingsAndConnectionStrings: false,
        },
      },
    ],
    storageMounts: {},
    web: { appCommandLine: 'bash /home/site/wwwroot/slipway/startup.sh', alwaysOn: true },
  });
  return {
    name: 'shop',
    location: 'westeurope',
    stickyNames: { appSettingNames: ['SLOT_NAME'], connectionStringNames: [], azureStorageConfigNames: [] },
    slots: { production: slot('production'), staging: slot('staging') },
    ...change,
  };
}

export interface SiteFixture {
  readonly site: Site;
  readonly a: FakeWorker;
  readonly b: FakeWorker;
  readonly front: FakeFront;
  readonly journal: Journal;
  readonly clock: FakeClock;
  readonly log: { event: string }[];
  readonly stateFile: string;
  /** A second site on the same state, as after a crash and a new start. */
  reopened(change?: Partial<SiteDefinition>): Promise<SiteFixture>;
  remove(): Promise<void>;
}

export interface SiteFixtureOptions {
  readonly definition?: SiteDefinition;
  readonly resolveReference?: ReferenceResolver;
  readonly directory?: string;
  readonly stateFile?: string;
  readonly start?: boolean;
}

/** A started site on two workers in memory. */
export async function siteFixture(options: SiteFixtureOptions = {}): Promise<SiteFixture> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'slipway-site-')));
  const journal: Journal = [];
  const a = new FakeWorker('a', join(directory, 'a'), journal);
  const b = new FakeWorker('b', join(directory, 'b'), journal);
  const front = new FakeFront(journal);
  const clock = new FakeClock();
  const log: { event: string }[] = [];
  const stateFile = options.stateFile ?? join(directory, 'site.json');
  const site = await Site.open({
    definition: options.definition ?? definition(),
    workers: { a, b },
    front,
    stateFile,
    clock,
    log: (event) => log.push(event),
    resolveReference: options.resolveReference ?? (async () => ({ status: 'Resolved' })),
  });
  if (options.start !== false) await site.start();
  return {
    site,
    a,
    b,
    front,
    journal,
    clock,
    log,
    stateFile,
    reopened: async (change = {}) => {
      // Unlike a killed site, the first one may still write its state, so the second one gets a copy.
      const copy = `${stateFile}.next`;
      await copyFile(stateFile, copy);
      return siteFixture({ directory, stateFile: copy, definition: definition(change) });
    },
    remove: async () => {
      await site.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Swaps and waits for the end. */
export async function swapped(site: Site, source: SlotName = 'staging'): Promise<OperationResult> {
  const id = await site.swap(source, source === 'staging' ? 'production' : 'staging');
  await site.settled();
  const result = await site.operation(id);
  if (result === undefined || result === 'InProgress') throw new Error(`the swap ${id} has no result`);
  return result;
}
