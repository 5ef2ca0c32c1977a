import { isDeepStrictEqual } from 'node:util';
import { SlipError } from '../../lib/errors.ts';
import { parseObject } from '../../lib/json.ts';
import type { Smoke } from '../app/manifest-schema.ts';
import type { Observation, WebSlot } from '../appservice/web-slot.ts';
import type { Gate } from './gate.ts';

const SHOWN_CHARACTERS = 120;

/** The smoke requests: pages and APIs answer themselves, and what they have to. A redirect that nobody expects would pass for warm. */
export const answers: Gate<{ readonly slot: WebSlot; readonly smoke: readonly Smoke[] }> = {
  name: 'answers',
  async check({ slot, smoke }) {
    for (const request of smoke) {
      const expected = typeof request === 'string' ? { path: request } : request;
      const url = `${slot.url}${expected.path}`;
      const seen = await slot.ask(expected.path);
      requireStatus(url, seen, expected.status ?? 200);
      requireContent(url, seen, expected);
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

function requireStatus(url: string, { status, location, reason }: Observation, expected: number): void {
  if (status === expected) return;
  if (status !== undefined && status >= 300 && status < 400) throw redirects(url, status, location);
  throw new SlipError('SLIP-RELEASE-STATUS', {
    found: `${url} answers ${status ?? `nothing (${reason})`}`,
    expected: String(expected),
    fix: 'see the staging slot’s logs (./slipway logs, or the log stream)',
  });
}

function requireContent(
  url: string,
  { text, location }: Observation,
  { location: target, contains, json = {} }: Exclude<Smoke, string>,
): void {
  const path = location === undefined ? undefined : pathOf(location, url);
  if (target !== undefined && path !== target) throw other(url, `a redirect to ${path ?? 'nowhere'}`, target);
  if (contains !== undefined && !text.includes(contains)) throw other(url, excerpt(text), `"${contains}" in it`);
  const object = parseObject(text);
  for (const [member, value] of Object.entries(json)) {
    if (isDeepStrictEqual(object[member], value)) continue;
    throw other(url, excerpt(text), `the member "${member}" with the value ${JSON.stringify(value)}`);
  }
}

function pathOf(location: string, url: string): string {
  const { pathname, search } = new URL(location, url);
  return pathname + search;
}

function other(url: string, found: string, expected: string): SlipError {
  return new SlipError('SLIP-RELEASE-SMOKE', {
    found: `${url} answers ${found}`,
    expected,
    fix: 'is it the version that is wrong, or what `smoke` in slipway.yaml says of it?',
  });
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}

/** The paths of smoke requests that are answered with 200. */
export function plainPaths(smoke: readonly Smoke[]): readonly string[] {
  return smoke.flatMap((request) => {
    if (typeof request === 'string') return [request];
    return (request.status ?? 200) === 200 ? [request.path] : [];
  });
}
