import type { ScanRun } from '../../contracts/items/scan.ts';
import type { Source } from '../../contracts/scan-words.ts';
import type { ClusterTarget } from '../../ports/cluster-access.ts';
import type { Ports } from '../../ports/ports.ts';
import { titleOf } from '../live/advance.ts';
import { type LiveScanState, startLiveScan } from '../live/live-scan-state.ts';
import { readForAWhile } from './read-for-a-while.ts';
import { loadRun, loadState, saveState } from './run-store.ts';

export type ScanningPorts = Pick<Ports, 'table' | 'clock' | 'readers'>;

/** Whose scan it is, and what it reads. */
export interface ScanOrder {
  readonly clusterKey: string;
  /** ARN. */
  readonly execution: string;
  readonly target: string;
  readonly server: ClusterTarget;
  readonly skip: readonly Source[];
}

export type Progress =
  | { readonly ended: true; readonly run: ScanRun; readonly state: LiveScanState }
  | { readonly ended: false; readonly pauseSeconds: number; readonly said: string };

/** A scan that takes longer than ten hours of reading never ends: then what is left counts as not read. */
const MOST_RESUMED = 600;

/** Goes on with the scan of an execution where it was put away, or begins it. A crash loses what was read since. */
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
