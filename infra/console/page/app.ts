import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { FaultsPage } from './faults-page.ts';
import { Icon, type IconName, Logo } from './icons.ts';
import { LogsPage } from './logs-page.ts';
import { MediaPage } from './media-page.ts';
import { OverviewPage } from './overview-page.ts';
import { type Problem, problemsOf } from './problems.ts';
import { ReleasesPage } from './releases-page.ts';
import { SettingsPage } from './settings-page.ts';
import { type Connection, type Store, useStore } from './store.ts';
import { TracesPage } from './traces-page.ts';
import { TrafficPage } from './traffic-page.ts';
import { Pill } from './ui.ts';

interface PageProps {
  readonly store: Store;
  readonly problems: readonly Problem[];
  /** What stands behind `?` in the address. */
  readonly parameters: URLSearchParams;
}

interface Page {
  readonly label: string;
  readonly icon: IconName;
  readonly view: (props: PageProps) => VNode;
}

const PAGES: Readonly<Record<string, Page>> = {
  overview: { label: 'Overview', icon: 'overview', view: OverviewPage },
  releases: { label: 'Releases', icon: 'releases', view: ReleasesPage },
  settings: { label: 'Settings', icon: 'settings', view: SettingsPage },
  media: { label: 'Media', icon: 'media', view: MediaPage },
  traffic: { label: 'Traffic', icon: 'traffic', view: TrafficPage },
  traces: { label: 'Traces', icon: 'traces', view: TracesPage },
  logs: { label: 'Logs', icon: 'logs', view: LogsPage },
  faults: { label: 'Faults', icon: 'faults', view: FaultsPage },
};

const CONNECTION_WORDS: Readonly<Record<Connection, readonly [tone: string, words: string]>> = {
  live: ['ok', 'live'],
  connecting: ['', 'connecting'],
  lost: ['warn', 'reconnecting'],
  refused: ['bad', 'not signed in'],
};

/** The frame: where one can go, how the region is, and the page that is chosen. */
export function App(): VNode {
  const store = useStore();
  const [address, setAddress] = useState(location.hash);
  useEffect(() => {
    const onHash = (): void => {
      setAddress(location.hash);
      scrollTo(0, 0);
    };
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, []);
  const [name = '', query = ''] = address.replace(/^#\//, '').split('?', 2);
  const chosen = name in PAGES ? name : 'overview';
  const page = PAGES[chosen];
  const problems = problemsOf(store.state);
  useEffect(() => {
    document.title = `${problems.length > 0 ? '⚠ ' : ''}${page?.label ?? ''} · slipway`;
  }, [page, problems.length]);
  return html`<div class="frame">
    <header class="side">
      <a class="brand" href="#/overview"><${Logo} /><span>slipway<small>${store.state.site?.name ?? 'local region'}</small></span></a>
      <${Nav} chosen=${chosen} problems=${problems} />
      <div class="side-foot"><${Live} store=${store} /><${ThemeButton} /></div>
    </header>
    <main>
      <${ConnectionBanner} connection=${store.connection} />
      ${page === undefined ? null : html`<${page.view} key=${address} store=${store} problems=${problems} parameters=${new URLSearchParams(query)} />`}
    </main>
  </div>` as VNode;
}

function Nav({ chosen, problems }: { readonly chosen: string; readonly problems: readonly Problem[] }): VNode {
  const nav = useRef<HTMLElement>(null);
  // On a phone the pages are wider than the screen.
  useEffect(() => {
    const link = nav.current?.querySelector('[aria-current]');
    if (nav.current !== null && link instanceof HTMLElement) nav.current.scrollLeft = link.offsetLeft - 16;
  }, [chosen]);
  const count = (name: string): number => problems.filter(({ page }) => page.split('?')[0] === name).length;
  return html`<nav class="nav" aria-label="Pages" ref=${nav}>${Object.entries(PAGES).map(
    ([name, { label, icon }]) =>
      html`<a key=${name} href="#/${name}" aria-current=${name === chosen ? 'page' : undefined}><${Icon} name=${icon} />${label}${count(name) > 0 ? html`<span class="count"><${Pill} tone="bad">${count(name)}<span class="visually-hidden"> to see to</span><//></span>` : null}</a>`,
  )}</nav>` as VNode;
}

function ConnectionBanner({ connection }: { readonly connection: Connection }): VNode | null {
  if (connection === 'lost')
    return html`<div class="banner warn" role="alert"><span class="spinner"></span><p><strong>The region does not answer.</strong> This page shows what it knew last and goes on by itself. To do: <code>npm start</code></p></div>` as VNode;
  if (connection === 'refused')
    return html`<div class="banner bad" role="alert"><${Icon} name="faults" /><p><strong>This page has no valid key.</strong> To do: open the address that <code>npm start</code> prints as “console”.</p></div>` as VNode;
  return null;
}

function Live({ store: { connection } }: { readonly store: Store }): VNode {
  const [tone, words] = CONNECTION_WORDS[connection];
  return html`<span class="live"><i class="dot ${tone}"></i><span>${words}</span></span>` as VNode;
}

/** Light, dark, or as the system has it. */
function ThemeButton(): VNode {
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const [theme, setTheme] = useState(document.documentElement.dataset.theme ?? system);
  const toggle = (): void => {
    const next = theme === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    localStorage.setItem('slipway-theme', next);
    setTheme(next);
  };
  const label = theme === 'dark' ? 'Use light colours' : 'Use dark colours';
  return html`<button type="button" class="button icon" aria-label=${label} title=${label} onClick=${toggle}><${Icon} name=${theme === 'dark' ? 'sun' : 'moon'} /></button>` as VNode;
}
