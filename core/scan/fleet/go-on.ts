import type { ScanRun } from '../../contracts/items/scan.ts';
import type { Source } from '../../contracts/scan-words.ts';
import type { ApiServer } from '../../ports/cluster-access.ts';
import type { Ports } from '../../ports/ports.ts';
import { advance } from '../live/advance.ts';
import { type LiveScanState, startLiveScan, titleOf } from '../live/keep.ts';
import { loadRun, loadState, saveState } from './run-store.ts';

type ScanningPorts = Pick<Ports, 'table' | 'clock' | 'readers'>;

/** The cluster of a scan, and what the scan reads. */
interface ScanOrder {
  readonly clusterKey: string;
  /** ARN. */
  readonly execution: string;
  readonly target: string;
  readonly server: ApiServer;
  readonly skip: readonly Source[];
}

export type Progress =
  | { readonly ended: true; readonly run: ScanRun; readonly state: LiveScanState }
  | { readonly ended: false; readonly pauseSeconds: number; readonly said: string };

/** A scan that takes longer than ten hours of reading ends unfinished: the rest counts as not read. */
const MOST_RESUMED = 600;

/** Continues the scan of an execution where it was saved, or begins it. A crash loses what was read since the last save. */
export async function goOn(ports: ScanningPorts, order: ScanOrder): Promise<Progress> {
  const { clusterKey, execution, target } = order;
  const now = ports.clock.now();
  const known = (await loadRun(ports.table, execution))?.data;
  const begun = known === undefined ? undefined : await loadState(ports.table, known);
  const run: ScanRun = {
    ...(known ?? { clusterKey, execution, target, startedAt: now.toISOString(), reasons: [] }),
    status: 'running',
    read: known?.read ?? 0,
    left: known?.left ?? 0,
    resumed: (known?.resumed ?? -1) + 1,
  };
  const from = begun ?? startLiveScan(now, order.skip);
  if (run.resumed > MOST_RESUMED) from.dead ??= `the scan was gone on with ${MOST_RESUMED} times and did not end`;
  const { state, ended, pauseSeconds } = await readForAWhile(ports, order.server, from);
  const told = { ...run, read: readIn(state), left: state.units.length };
  const saved = await saveState(ports.table, told, state, ports.clock.now());
  if (ended) return { ended, run: saved, state };
  return { ended, pauseSeconds, said: saidOf(state) };
}

const readIn = ({ coverage, page }: LiveScanState): number =>
  coverage.reduce((sum, { count }) => sum + count, page?.count ?? 0);

function saidOf(state: LiveScanState): string {
  const [unit] = state.units;
  const at = unit === undefined ? '' : `, now ${titleOf(unit)}`;
  return `Read ${readIn(state)} objects of the cluster; ${state.units.length} resources are left${at}.`;
}

/** How long one invocation reads before it saves the scan. */
const READING_SECONDS = 60;
/** A longer wait is left to the state machine, which costs nothing while it waits. */
const LONGEST_SLEEP_SECONDS = 10;
/** The scan is saved earlier when so much was found, which limits what a crash loses. */
const MOST_FOUND = 5_000;

/** The API server asks for a longer wait than this invocation has left. */
class NeedsPause extends Error {
  readonly seconds: number;

  constructor(seconds: number) {
    super(`The API server asks to wait for ${seconds} seconds.`);
    this.seconds = seconds;
  }
}

/**
 * Continues a scan for a minute. It returns a state between two things to read. `ended`: everything was read, or reported as unreadable.
 * `pauseSeconds`: how long to wait before the API server is asked again.
 */
async function readForAWhile(ports: Pick<ScanningPorts, 'clock' | 'readers'>, server: ApiServer, begun: LiveScanState) {
  const cluster = ports.readers.open(server);
  const until = ports.clock.now().getTime() + READING_SECONDS * 1_000;
  const wait = async (seconds: number) => {
    const late = ports.clock.now().getTime() + seconds * 1_000 > until;
    if (late || seconds > LONGEST_SLEEP_SECONDS) throw new NeedsPause(seconds);
    await cluster.wait(seconds);
  };
  const already = foundIn(begun);
  let state = begun;
  try {
    for (;;) {
      // Only a list leaves the state unchanged until its answer has arrived. The copy is JSON, as the state is saved between invocations.
      const before = state.units[0]?.type === 'list' ? undefined : JSON.stringify(state);
      try {
        if (!(await advance(state, { reader: cluster.reader, wait }))) return { state, ended: true, pauseSeconds: 0 };
      } catch (error) {
        if (!(error instanceof NeedsPause)) throw error;
        if (before !== undefined) state = JSON.parse(before) as LiveScanState;
        return { state, ended: false, pauseSeconds: Math.ceil(error.seconds) };
      }
      const enough = ports.clock.now().getTime() >= until || foundIn(state) - already > MOST_FOUND;
      if (enough) return { state, ended: false, pauseSeconds: 1 };
    }
  } finally {
    cluster.close();
  }
}

const foundIn = ({ observations, page }: LiveScanState): number =>
  observations.length + (page?.observations.length ?? 0);
