import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type IdentityEndpoint, startIdentity } from '../../testbed/identity.ts';
import { until } from '../../testbed/until.ts';
import { ManagedIdentity } from './managedIdentity.ts';

describe('the tokens of the managed identity', () => {
  let endpoint: IdentityEndpoint;
  let identity: ManagedIdentity;
  let passedMs = 0;
  const pass = (seconds: number): void => {
    passedMs += seconds * 1_000;
  };

  beforeEach(async () => {
    passedMs = 0;
    endpoint = await startIdentity();
    endpoint.lifeSeconds = 3_600;
    identity = new ManagedIdentity({
      endpoint: endpoint.url,
      header: endpoint.header,
      clientId: 'client',
      nowMs: () => Date.now() + passedMs,
    });
  });
  afterEach(() => endpoint.close());

  test('are asked for once by all who need one, and kept', async () => {
    const tokens = await Promise.all(Array.from({ length: 5 }, () => identity.token()));
    expect(new Set(tokens)).toEqual(new Set([identity.token()]));
    expect(endpoint.given).toBe(1);
  });

  test('are renewed at half their life, which nobody waits for', async () => {
    const first = await identity.token();
    endpoint.lifeSeconds = 7_200;
    pass(1_799);
    expect(identity.token()).toBe(first);
    pass(2);
    expect(identity.token()).toBe(first);
    await until('it has been renewed', () => identity.token() !== first);
    expect(endpoint.given).toBe(2);
  });

  test('are used to their end when they cannot be renewed', async () => {
    const first = await identity.token();
    endpoint.broken = true;
    pass(3_598);
    expect(identity.token()).toBe(first);
    pass(2);
    await expect(identity.token()).rejects.toMatchObject({
      kind: 'away',
      message: expect.stringMatching(/answered 500/),
    });
  });

  test('are asked for again and again until they can be renewed', async () => {
    const first = await identity.token();
    endpoint.broken = true;
    pass(1_801);
    expect(identity.token()).toBe(first);
    endpoint.broken = false;
    endpoint.lifeSeconds = 7_200;
    await until('it has been renewed', () => {
      pass(1);
      return identity.token() !== first;
    });
  });

  test('are forgotten when Blob does not accept them', async () => {
    await identity.token();
    identity.forget();
    await identity.token();
    expect(endpoint.given).toBe(2);
  });
});
