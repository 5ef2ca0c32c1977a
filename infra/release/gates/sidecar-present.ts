import { SlipError } from '../../lib/errors.ts';
import { untilDefined } from '../../lib/until.ts';
import { readHealth } from '../appservice/health.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import type { Configuration } from '../store/history.ts';
import type { Gate } from './gate.ts';

/** The platform starts containers in no order and does not look after the sidecar; so this does. */
export const sidecarPresent: Gate<{
  readonly slot: WebSlot;
  readonly wanted: Configuration;
  readonly settleMs: number;
  readonly pollMs: number;
}> = {
  name: 'sidecar-present',
  async check({ slot, wanted, settleMs, pollMs }) {
    const isWanted = (digest: string): boolean =>
      wanted.siteContainers.some(({ properties }) => String(properties.image).endsWith(`@${digest}`));
    let refusal = absent(slot, 'no answer');
    const digest = await untilDefined({ limitMs: settleMs, pollMs }, async () => {
      const sidecar = (await readHealth(slot)).checks.get('sidecar');
      if (sidecar === undefined) return undefined;
      const { status, output, componentId } = sidecar;
      if (status !== 'pass') refusal = absent(slot, output || status);
      else if (componentId !== '' && !isWanted(componentId)) refusal = old(slot, componentId, wanted);
      else return componentId;
      return undefined;
    });
    if (digest === undefined) throw refusal;
    return digest === '' ? 'the sidecar does not say which image it runs from' : undefined;
  },
};

function absent(slot: WebSlot, said: string): SlipError {
  return new SlipError('SLIP-RELEASE-SIDECAR', {
    found: `the sidecar beside ${slot.url} is not there: ${said}`,
    expected: 'it to answer the app on loopback',
    fix: 'see its logs (./slipway logs --process sidecar, or the log stream); is its image there and its settings complete?',
  });
}

function old(slot: WebSlot, digest: string, { siteContainers }: Configuration): SlipError {
  return new SlipError('SLIP-RELEASE-SIDECAR-OLD', {
    found: `the sidecar beside ${slot.url} runs from ${digest}`,
    expected: siteContainers.map(({ properties }) => String(properties.image)).join(', '),
    fix: 'the platform has not taken the new image: see the log stream for why it cannot be pulled, then release again',
  });
}
