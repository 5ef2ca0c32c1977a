/** Pages of docs/runbooks. Alerts that have fired name them, so a page keeps its name. */
export const RUNBOOKS = [
  'certificate',
  'dependency-down',
  'disk-full',
  'failed-release',
  'media-lagging',
  'production-down',
  'scale-for-an-event',
  'swap-stuck',
] as const;
export type Runbook = (typeof RUNBOOKS)[number];

/** Where the page is. Without an address of the pages it is a path in the repository. */
export function runbookAddress(pages: string, runbook: Runbook): string {
  return `${pages === '' ? 'docs/runbooks' : pages}/${runbook}.md`;
}
