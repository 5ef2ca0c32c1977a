import type { Config } from './config/config.ts';
import type { PROTECTED } from './config/general.ts';
import { type Names, namesFor } from './naming.ts';

type Word = (typeof PROTECTED)[number];

/** What every component needs to know. */
export interface Context {
  readonly config: Config;
  readonly names: Names;
  readonly tags: Readonly<Record<string, string>>;
  readonly subscriptionId: string;
  readonly tenantId: string;
  /** Name and place of the stage's resource group, once it exists. */
  readonly location: string;
  /** Whether something of this word is to be protected and locked. */
  readonly keeps: (word: Word) => boolean;
  /** Whether something of this word is to stay in Azure even when Pulumi is told to delete it. */
  readonly retains: (word: Word) => boolean;
}

export function contextFor(config: Config, client: { subscriptionId: string; tenantId: string }): Context {
  const { name, stage, generation, location } = config;
  const keeps = (word: Word): boolean => !config.protectExcept.includes(word);
  return {
    config,
    location,
    names: namesFor({ name, stage, generation, subscriptionId: client.subscriptionId }),
    tags: { ...config.tags, application: name, stage, 'managed-by': 'pulumi' },
    subscriptionId: client.subscriptionId,
    tenantId: client.tenantId,
    keeps,
    retains: (word) => stage !== 'dev' && keeps(word),
  };
}
