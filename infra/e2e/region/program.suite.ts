import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { addedSetting } from '../../testbed/changed-checkout.ts';
import type { TestRegion } from '../../testbed/region.ts';

export function describeProgram(region: () => TestRegion): void {
  test('an app setting added to the program is in the environment of the worker, and nothing else was edited', async () => {
    const worker = (await region().status()).slots.production.instances[0]?.id ?? '';
    const { home } = (await region().connection()).slots.production;
    const value = addedSetting.value.replace('/home', home);
    expect(await workerEnvironment(region(), worker)).toContain(`${addedSetting.name}=${value}`);
  });

  test('after a first release no container has ended unexpectedly, in either slot', async () => {
    const { production, staging } = (await region().status()).slots;
    const exits = [production, staging].flatMap(({ instances }) =>
      instances.flatMap((each) => Object.entries(each.exits)),
    );
    const unexpected = exits.filter(([, ended]) => ended.length > 0);
    const logs = unexpected.map(([container]) => readFile(join(region().stateDir, 'logs', `${container}.log`), 'utf8'));
    expect({ unexpected, logs: await Promise.all(logs) }).toEqual({ unexpected: [], logs: [] });
  });
}

/** Of the container itself: php-fpm writes its title over its own. */
async function workerEnvironment({ stateDir }: TestRegion, worker: string): Promise<string[]> {
  const { pid } = JSON.parse(await readFile(join(stateDir, 'processes', `worker-${worker}.json`), 'utf8'));
  return (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
}
