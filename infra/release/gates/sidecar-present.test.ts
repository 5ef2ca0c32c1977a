import { expect, test } from '@jest/globals';
import type { Observation, WebSlot } from '../appservice/web-slot.ts';
import { sidecarPresent } from './sidecar-present.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const image = `registry.example/sidecar@${digest('a')}`;
const wanted = { settings: {}, siteContainers: [{ name: 'sidecar', properties: { image } }] };

/** A slot whose health says this of its sidecar, one answer after the other, the last one for ever. */
function check(answers: readonly object[], settleMs = 40) {
  let asked = 0;
  const ask = async (): Promise<Observation> => {
    const text = JSON.stringify({ checks: { sidecar: [answers[Math.min(asked, answers.length - 1)]] } });
    asked += 1;
    return { status: 200, text, ms: 1, location: undefined, reason: undefined };
  };
  return sidecarPresent.check({ slot: { ask } as unknown as WebSlot, wanted, settleMs, pollMs: 10 });
}

test('a sidecar of the wanted image passes, also when the old one answers first', async () => {
  const [before, after] = [digest('b'), digest('a')].map((componentId) => ({ status: 'pass', componentId }));
  expect(await check([before ?? {}, after ?? {}], 60_000)).toBeUndefined();
});

test('a sidecar that goes on running from another image is refused, with both digests', async () => {
  await expect(check([{ status: 'pass', componentId: digest('b') }])).rejects.toMatchObject({
    code: 'SLIP-RELEASE-SIDECAR-OLD',
    detail: { found: expect.stringContaining(digest('b')), expected: image },
  });
});

test('a sidecar that does not answer is refused', async () => {
  await expect(check([{ status: 'warn', output: 'Does not answer.' }])).rejects.toMatchObject({
    code: 'SLIP-RELEASE-SIDECAR',
    detail: { found: expect.stringContaining('Does not answer.') },
  });
});

test('a version whose health names no image passes, and the note says so', async () => {
  expect(await check([{ status: 'pass' }])).toMatch(/does not say which image/);
});
