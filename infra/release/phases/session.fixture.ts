import type { SlotRequest } from '../appservice/web-slot.ts';
import type { HistoryEntry, Outcome } from '../store/history.ts';
import type { Intent } from '../store/lock.ts';
import type { ProductionState } from '../store/production-state.ts';
import { Attempt } from './attempt.ts';
import type { Session } from './session.ts';
import { Steps } from './steps.ts';

export interface Situation {
  readonly before: Pick<ProductionState, 'version' | 'answers'> | undefined;
  /** Of production after the swap; the previous version is always healthy. */
  readonly health?: 'pass' | 'fail';
  /** The site says when its last swap was. */
  readonly saysLastSwap?: boolean;
}

/** A session over slots that only remember a version, and an attempt in it to put the version `new` live. */
export function fakeSession({ before, health = 'pass', saysLastSwap = true }: Situation) {
  const done: string[] = [];
  let swaps = 0;
  const versionOf = (slot: 'production' | 'staging') =>
    (slot === 'production') === (swaps % 2 === 1) ? 'new' : (before?.version ?? '');
  const slot = (name: 'production' | 'staging') => ({
    url: `https://${name}`,
    version: async () => ({ version: versionOf(name) }),
    ask: async (path: string, { method }: SlotRequest = {}) => {
      if (path.startsWith('/_slipway/release/live'))
        done.push(method === 'PUT' ? `declare ${path.split('=')[1]}` : `withdraw ${versionOf(name)}`);
      if (name === 'production' && path.startsWith('/_slipway/release/drain')) done.push('drain');
      const status = versionOf(name) === 'new' ? health : 'pass';
      return { status: 200, ms: 1, text: JSON.stringify({ version: versionOf(name), slot: name, status }) };
    },
  });
  const session = {
    before,
    owner: { who: 'ada', command: 'test' },
    startedAt: new Date(),
    steps: new Steps(() => undefined),
    tokens: { release: 'r', cacheApi: 'c' },
    production: slot('production'),
    staging: slot('staging'),
    appService: {
      swapStatus: async () => ({ lastSwap: saysLastSwap ? String(swaps) : undefined, inProgress: false }),
      swap: async () => {
        swaps += 1;
        done.push('swap');
      },
    },
    lock: {
      assertHeld: () => undefined,
      write: async (intent: Intent | undefined) => {
        if (intent !== undefined)
          done.push(`intent ${intent.phase}${intent.lastSwap ? ` after ${intent.lastSwap}` : ''}`);
      },
    },
    history: { append: async ({ outcome }: { outcome: Outcome }) => void done.push(outcome) },
    target: {
      limits: { liveMs: 0, settleMs: 0, swapShowsMs: 0, drainMs: 1000 },
      management: { pollMs: 1 },
    },
  } as unknown as Session;
  const candidate = {
    version: 'new',
    sha256: '',
    bytes: 0,
    schemaMin: '0',
    schemaMax: '0',
    settings: {},
    siteContainers: [],
    smoke: ['/'],
    provides: {},
  };
  return { done, session, attemptOf: (kind: HistoryEntry['kind']) => new Attempt(session, kind, candidate) };
}
