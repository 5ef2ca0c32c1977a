import type { Discovery, Initialised } from '../../release/app/init/init-application.ts';

const kindNames = { laravel: 'Laravel', symfony: 'Symfony', wordpress: 'WordPress', php: 'plain PHP' } as const;

/** What `slipway init` found, before it writes anything. */
export function discoveryText({ directory, application, manifest, proposed, reasons, notes }: Discovery): string {
  const { kind, root, scripts, writable, media, migrate, start, build, health, secrets } = application;
  const rows = [
    ['document root', root === '.' ? 'the directory itself' : root],
    ['scripts', scripts === 'all' ? 'every script runs' : `${scripts} alone runs; another .php answers 404`],
    ['writable', writable.join(', ') || 'nothing'],
    ['media', media.map(({ path, url }) => `${path} at ${url}`).join(', ') || 'none'],
    ['build', build.join(', then ') || 'nothing but Composer'],
    ['at start', start.join(', then ') || 'nothing'],
    ['migrations', migrate === null ? 'none' : migrate.run],
    ['alive when', health.live === null ? 'PHP answers' : `${health.live} answers 200`],
    ['secrets', secrets.join(', ') || 'none'],
    ['slipway.yaml', manifestText[manifest]],
  ] as const;
  const said = Object.entries(proposed).map(([key, value]) => `      ${key}: ${JSON.stringify(value)}`);
  return [
    `${directory} is ${kindNames[kind]}.`,
    '',
    ...table(rows),
    ...said,
    ...reasons.map((reason) => `  · ${reason}`),
    ...notes.map((note) => `  · ${note}`),
  ].join('\n');
}

const manifestText = {
  kept: 'is there, and is kept as it is',
  'not needed': 'not needed: the defaults of its kind fit',
  written: 'will say what differs from the defaults of its kind:',
} as const;

export interface InitContext {
  /** Whether there is a local region already, whose application stays live until another is released. */
  readonly hasRegion: boolean;
  readonly forRegion: (line: string) => string;
}

/** What was done, and what is left to do. */
export function initialisedText(
  { manifest, tlsLines }: Discovery,
  { path, generated, missing }: Initialised,
  { hasRegion, forRegion }: InitContext,
): string {
  const done = [
    ['Pulumi.yaml', `slipway:app: ${path}`],
    ...(manifest === 'written' ? [['slipway.yaml', 'written'] as const] : []),
    ...generated.map((name) => [name, 'generated for the local region'] as const),
  ] as const;
  const left = [
    ...tlsLines.map(({ file, place, line }) => `TLS: ${file}, ${place}: ${line}`),
    ...missing.map((name) => `a secret without a value: ./slipway secret set ${name} < FILE`),
  ];
  return [
    'Done:',
    ...table(done),
    ...(left.length === 0 ? [] : ['', 'Yours to do:', ...left.map((line) => `  · ${line}`)]),
    '',
    'Next:',
    ...table(next(hasRegion).map(([line, meaning]) => [forRegion(line), meaning])),
  ].join('\n');
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}   ${text}`);
}

function next(hasRegion: boolean): readonly (readonly [string, string])[] {
  if (!hasRegion) return [['npm start', 'the local region, with this application as its first release']];
  return [
    ['npm start', 'where the local region does not run: it comes back with the application that was live'],
    ['./slipway release', 'brings this application live in its place'],
  ];
}
