import type { Application } from './application.ts';

/** What stands in for each capability that the application does not provide, one sentence each; none for those it does. */
export function fallbacks({
  provides,
  health,
  migrate,
}: Pick<Application, 'provides' | 'health' | 'migrate'>): string[] {
  const live = provides.live ?? health.live ?? undefined;
  return [
    ...(live === undefined ? ['live: PHP answering counts as alive, since health.live names no path'] : []),
    ...(provides.health === undefined && health.deep === null
      ? ['health: the agent checks the declared services and the sidecar, since health.deep names no path']
      : []),
    ...(provides.migrate !== undefined
      ? []
      : migrate === null
        ? ['migrate: nothing is migrated, since the application declares no migrations']
        : []),
    ...(provides.cache === undefined
      ? ['cache: the agent’s own round trip through Redis, where Redis is declared']
      : []),
    ...(provides.probe === undefined ? ['media: no image is made to prove the way to Blob'] : []),
  ];
}
