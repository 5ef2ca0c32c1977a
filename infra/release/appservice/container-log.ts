import { textOf } from '../../lib/json.ts';

const MAIN_CONTAINER_LOG = /_default_docker\.log$/;

/** The address of the newest log of the main container, in what `/api/logs/docker` of the SCM site lists; only on that site itself. */
export function newestContainerLog(listing: string, scmHost: string): string | undefined {
  const logs = parseList(listing)
    .map((file) => ({ href: textOf(file, 'href'), at: textOf(file, 'lastUpdated') }))
    .filter(({ href }) => MAIN_CONTAINER_LOG.test(href) && URL.parse(href)?.host === scmHost);
  return logs.toSorted((a, b) => (a.at < b.at ? 1 : -1))[0]?.href;
}

function parseList(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
