import type { PresentInAzure } from '../../evaluate/answers.ts';
import { evaluate } from '../../evaluate/evaluate.ts';
import type { Evaluation } from '../../evaluate/recorded.ts';
import { SUBSCRIPTION_ID } from '../../evaluate/subscription.ts';
import { namesFor } from '../../program/base/naming.ts';
import type { Stage } from '../../program/config/key.ts';
import { ANY_DIGEST } from '../system-page.ts';
import type { KeyChange } from './key-changes.ts';

/** The stack before and after one change. */
export interface Change extends KeyChange {
  readonly key: string;
  readonly before: Evaluation;
  readonly after: Evaluation;
}

/** Evaluations at the same time: more than two gain nothing where two processors are. */
const PARALLEL = 2;

/** A stack that was released to, scaled out since it was made, whose slots have the mount. */
function present(stage: Stage): PresentInAzure {
  const names = namesFor({ name: 'slipway', stage, generation: 1, subscriptionId: SUBSCRIPTION_ID });
  const site = { stack: 'PHP|8.4', rotation: 1, mounts: [names.compact('st', 24)] };
  return { planCapacity: 3, mysqlStorageGb: 64, released: true, sites: { production: site, staging: site } };
}

/** Evaluates what each change starts from and leads to. What several changes start from is evaluated once. */
export async function evaluateChanges(
  changes: Readonly<Record<string, string | readonly KeyChange[]>>,
): Promise<Change[]> {
  const evaluations = new Map<string, () => Promise<Evaluation>>();
  const known = new Map<string, Evaluation>();
  const wanted = Object.entries(changes).flatMap(([key, cases]) =>
    (typeof cases === 'string' ? [] : cases).map((change) => {
      const [before, after] = [configOf(change), { ...configOf(change), [key]: change.to }];
      for (const config of [before, after])
        evaluations.set(nameOf(change, config), () => evaluated(change.stage ?? 'prod', config));
      return { key, change, before: nameOf(change, before), after: nameOf(change, after) };
    }),
  );
  const waiting = [...evaluations];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) known.set(next[0], await next[1]());
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  const evaluationOf = (name: string): Evaluation => {
    const found = known.get(name);
    if (found === undefined) throw new RangeError(`${name} was not evaluated`);
    return found;
  };
  return wanted.map(({ key, change, before, after }) => {
    return { ...change, key, before: evaluationOf(before), after: evaluationOf(after) };
  });
}

function configOf({ stage = 'prod', given = {} }: KeyChange): Record<string, string> {
  return { ...(stage === 'shared' ? {} : { 'sidecar.digest': ANY_DIGEST }), ...given };
}

function nameOf({ stage = 'prod' }: KeyChange, config: Readonly<Record<string, string>>): string {
  return JSON.stringify([stage, Object.entries(config).toSorted()]);
}

function evaluated(stage: Stage, config: Readonly<Record<string, string>>): Promise<Evaluation> {
  return evaluate({ stage, mode: 'update', config, present: present(stage) });
}
