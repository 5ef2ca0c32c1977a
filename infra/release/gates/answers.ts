import { SlipError } from '../../lib/errors.ts';
import type { WebSlot } from '../appservice/web-slot.ts';
import type { Gate } from './gate.ts';

const paths = ['/', '/api/ping', '/api/health/live'];

/** The first page, the API and the warm-up path answer 200 themselves: a redirect would be taken for warm. */
export const answers: Gate<{ readonly slot: WebSlot }> = {
  name: 'answers',
  async check({ slot }) {
    for (const path of paths) {
      const { status, location, reason } = await slot.ask(path);
      if (status === 200) continue;
      if (status !== undefined && status >= 300 && status < 400)
        throw redirects(`${slot.url}${path}`, status, location);
      throw new SlipError('SLIP-RELEASE-STATUS', {
        found: `${slot.url}${path} answers ${status ?? `nothing (${reason})`}`,
        expected: '200',
        fix: 'see the staging slot’s logs (./slipway logs, or the log stream)',
      });
    }
    return undefined;
  },
};

export function redirects(url: string, status: number, location: string | undefined): SlipError {
  return new SlipError('SLIP-RELEASE-REDIRECT', {
    found: `${url} answers ${status} to ${location ?? 'nowhere'}`,
    expected: '200 without a redirect: the platform’s warm-up and health check do not follow one',
    fix: 'answer these paths directly; leave https to `httpsOnly` and the edge',
  });
}
