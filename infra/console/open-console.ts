import { statePaths } from '../local/state/paths.ts';
import { ConsoleAccess } from './access.ts';
import { Actions } from './actions.ts';
import { Assets } from './assets.ts';
import { EventStream } from './event-stream.ts';
import { openImage } from './images.ts';
import { Load } from './load.ts';
import { Redaction } from './redaction.ts';
import { RegionWatch, type WatchParts } from './region-watch.ts';
import { ReleaseRecords } from './release-records.ts';
import { ConsoleServer } from './server.ts';
import { resourceView } from './system-graph.ts';
import { logList, traceRows, traceView } from './telemetry-queries.ts';

const PRODUCTION_BELOW_CONSOLE = 2;

export interface ConsoleOptions {
  readonly stateDir: string;
  /** BASE + 2: by its name requests are told from foreign ones. */
  readonly port: number;
  readonly token: string;
  /** Default: what releases keep in the region's storage. */
  readonly records?: Pick<ReleaseRecords, 'read' | 'asked'>;
  readonly everyMs?: NonNullable<WatchParts['everyMs']>;
}

export interface OpenedConsole {
  readonly server: ConsoleServer;
  /** A command or a load that was started from the page goes on. */
  readonly busy: () => boolean;
  readonly close: () => void;
}

type Query = (parameters: URLSearchParams) => Promise<unknown> | unknown;

/** What `GET /api/NAME` answers. */
function queries(watch: RegionWatch, stateDir: string): Readonly<Record<string, Query>> {
  return {
    answers: () => watch.answers(),
    resource: (parameters) =>
      watch.evaluation === undefined ? undefined : resourceView(watch.evaluation, parameters.get('urn') ?? ''),
    traces: (parameters) => traceRows(stateDir, parameters, (worker) => watch.slotOf(worker)),
    trace: (parameters) => traceView(stateDir, parameters.get('id') ?? ''),
    logs: (parameters) => logList(stateDir, parameters),
  };
}

/** Puts the console together. It reads the state directory; nothing runs until somebody looks. */
export async function openConsole({ stateDir, port, token, records, everyMs }: ConsoleOptions): Promise<OpenedConsole> {
  const paths = statePaths(stateDir);
  const redaction = new Redaction();
  const stream = new EventStream(redaction);
  const pace = everyMs === undefined ? {} : { everyMs };
  const watch = new RegionWatch({
    paths,
    stream,
    redaction,
    records: records ?? new ReleaseRecords(stateDir),
    ...pace,
  });
  const load = new Load(port - PRODUCTION_BELOW_CONSOLE, (state) => stream.set('load', state));
  const actions = new Actions({
    stateDir,
    load,
    onChanged: () => watch.refresh(),
  });
  stream.set('load', null);
  stream.set('history', []);
  stream.set('health', {});
  const query = async (name: string, parameters: URLSearchParams): Promise<string | undefined> => {
    const found = await queries(watch, stateDir)[name]?.(parameters);
    return found === undefined ? undefined : redaction.text(JSON.stringify(found));
  };
  const state = async (): Promise<string> => {
    await watch.readAll();
    return stream.json();
  };
  const image = (worker: string, name: string) => openImage(paths, worker === 'a' ? 'a' : 'b', name);
  const server = new ConsoleServer({
    access: new ConsoleAccess(token, port),
    assets: new Assets(),
    stream,
    actions,
    data: { state, query, image },
  });
  watch.start(() => stream.watched);
  return {
    server,
    busy: () => actions.busy,
    close: () => {
      watch.stop();
      stream.close();
      load.stop();
    },
  };
}
