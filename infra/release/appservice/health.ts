import { asObject, parseObject } from '../../lib/json.ts';
import type { WebSlot } from './web-slot.ts';

const HEALTH_TIMEOUT_MS = 5_000;

export interface HealthCheck {
  readonly status: string;
  readonly output: string;
  readonly componentId: string;
}

/** What `/_slipway/health` says (draft-inadarei-api-health-check). */
export interface Health {
  readonly httpStatus: number | undefined;
  readonly status: 'pass' | 'warn' | 'fail';
  readonly checks: ReadonlyMap<string, HealthCheck>;
}

export async function readHealth(slot: WebSlot): Promise<Health> {
  const { status, text } = await slot.ask('/_slipway/health', { timeoutMs: HEALTH_TIMEOUT_MS });
  const document = parseObject(text);
  const checks = new Map<string, HealthCheck>();
  for (const [name, found] of Object.entries(asObject(document.checks))) {
    const first = asObject(Array.isArray(found) ? found[0] : found);
    const text = (member: string): string => String(first[member] ?? '');
    checks.set(name, { status: text('status'), output: text('output'), componentId: text('componentId') });
  }
  return {
    httpStatus: status,
    status: document.status === 'pass' || document.status === 'warn' ? document.status : 'fail',
    checks,
  };
}

/** The checks that did not pass, for people. */
export function describeHealth({ httpStatus, status, checks }: Health): string {
  const notPassed = [...checks].filter(([, check]) => check.status !== 'pass');
  const words = notPassed.map(([name, check]) => `${name} ${check.status}${check.output ? ` (${check.output})` : ''}`);
  return words.length > 0 ? words.join(', ') : `${status} with status ${httpStatus ?? 'none'}`;
}
