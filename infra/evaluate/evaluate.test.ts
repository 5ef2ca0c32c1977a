import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { SlipError } from '../lib/errors.ts';
import { eventually } from '../testbed/eventually.ts';
import { evaluate } from './evaluate.ts';
import { UNKNOWN } from './placeholders.ts';
import type { Evaluation, RecordedResource } from './recorded.ts';

const fixture = (name: string): string => `infra/evaluate/fixtures/${name}.mjs`;

const ACCOUNT = 'urn:pulumi:dev::slipway::test:fixture:Part$azure-native:storage:StorageAccount::account';

function named(evaluation: Evaluation, name: string): RecordedResource {
  const found = evaluation.resources.find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`no resource ${name}`);
  return found;
}

describe('an update', () => {
  let first: Evaluation;
  let second: Evaluation;
  beforeAll(async () => {
    const options = { stage: 'dev', mode: 'update', program: fixture('small') } as const;
    [first, second] = await Promise.all([evaluate(options), evaluate(options)]);
  });

  test('is the same twice', () => {
    const usage = { seconds: 0, cpuSeconds: 0, peakRssMb: 0 };
    expect({ ...first, ...usage }).toEqual({ ...second, ...usage });
  });

  test('keeps what Pulumi is told about a resource', () => {
    expect(named(first, 'account')).toMatchObject({
      urn: ACCOUNT,
      parent: 'urn:pulumi:dev::slipway::test:fixture:Part::part',
      custom: true,
      protect: true,
      retainOnDelete: true,
      ignoreChanges: ['tags'],
      aliases: ['old'],
    });
    expect(named(first, 'part').custom).toBe(false);
    expect(named(first, 'password').dependencies).toEqual([ACCOUNT]);
  });

  test('gives resources the ids that Azure would', () => {
    expect(first.outputs.accountId).toMatch(
      /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/rg\/providers\/Microsoft\.Storage\/storageAccounts\/stsmall$/,
    );
  });

  test('marks what exists only after creation', () => {
    expect(first.outputs.endpoint).toBe(`{{${ACCOUNT}.primaryEndpoints.blob}}`);
    expect(first.outputs.key).toBe(`{{${ACCOUNT}.listKeys.keys[0].value}}`);
  });

  test('knows that a password is secret, and what is made of it', () => {
    expect(first.outputs.login).toBe(
      'user:{{urn:pulumi:dev::slipway::random:index/randomPassword:RandomPassword::password.result}}',
    );
    expect(first.secretOutputs).toEqual(['login']);
  });

  test('measures itself', () => {
    expect(first.seconds).toBeGreaterThan(0);
    expect(first.cpuSeconds).toBeGreaterThan(0.1);
    expect(first.peakRssMb).toBeGreaterThan(50);
  });
});

test('a preview does not know what Azure has not said yet', async () => {
  const preview = await evaluate({ stage: 'dev', mode: 'preview', program: fixture('small') });
  expect(named(preview, 'account').id).toBe(UNKNOWN);
  expect(preview.outputs).toMatchObject({ stage: 'dev', endpoint: UNKNOWN, accountId: UNKNOWN, key: UNKNOWN });
});

test('config is the file of the stage with the caller’s on top', async () => {
  const { outputs } = await evaluate({
    stage: 'dev',
    mode: 'update',
    program: fixture('small'),
    config: { stage: 'other' },
  });
  expect(outputs.stage).toBe('other');
});

describe('a program that fails', () => {
  test.each([
    ['throws', 'SLIP-EVALUATE-PROGRAM', /the moon is not in this region/],
    ['exits', 'SLIP-EVALUATE-PROGRAM', /exit code 3/],
    ['asks', 'SLIP-EVALUATE-INVOKE', /azure-native:compute:getImage/],
    ['is-not-there', 'SLIP-EVALUATE-PROGRAM', /is-not-there/],
    ['serializes', 'SLIP-EVALUATE-PROGRAM', /serializeFunction of Pulumi is not available/],
    ['unregistered', 'SLIP-EVALUATE-PROGRAM', /Server is registered with package ''/],
  ])('and %s is %s, with what it said', async (name, code, said) => {
    const failed = evaluate({ stage: 'dev', mode: 'update', program: fixture(name) });
    await expect(failed).rejects.toThrow(said);
    await expect(failed).rejects.toMatchObject({ code });
    await expect(failed).rejects.not.toThrow('\u001b');
  });

  test('to end is stopped', async () => {
    const hung = evaluate({ stage: 'dev', mode: 'update', program: fixture('hangs'), deadlineMs: 3_000 });
    await expect(hung).rejects.toMatchObject({ code: 'SLIP-EVALUATE-DEADLINE' });
  });

  test('keeps its own code', async () => {
    const failed = evaluate({ stage: 'dev', mode: 'update', config: { 'plan.sku': 'B1' } });
    await expect(failed).rejects.toBeInstanceOf(SlipError);
    await expect(failed).rejects.toMatchObject({ code: 'SLIP-CONFIG-INVALID' });
  });

  test('for want of its stage says which stages there are', async () => {
    await expect(evaluate({ stage: 'moon', mode: 'update' })).rejects.toMatchObject({
      code: 'SLIP-EVALUATE-STAGE',
      detail: { expected: 'one of the stages shared, dev, prod' },
    });
  });
});

test('a program goes when whoever evaluates it is killed', async () => {
  const options = JSON.stringify({ stage: 'dev', mode: 'update', program: fixture('hangs') });
  const code = `const { evaluate } = await import(${JSON.stringify(new URL('./evaluate.ts', import.meta.url).href)}); await evaluate(${options});`;
  const evaluating = spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: 'ignore' });
  let runner = '';
  await eventually('the runner is started', () => {
    [runner = ''] = childrenOf(evaluating.pid ?? 0);
    return runner !== '';
  });
  const title = () => readFileSync(`/proc/${runner}/cmdline`, 'utf8');
  await eventually('the program runs', () => title().startsWith('hanging-program'));
  evaluating.kill('SIGKILL');
  await eventually('the runner is gone', () => !existsSync(`/proc/${runner}`));
});

function childrenOf(pid: number): string[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean) : [];
}
