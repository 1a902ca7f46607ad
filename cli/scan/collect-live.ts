import { homedir } from 'node:os';
import { join } from 'node:path';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createKubeconfigReader } from '../../adapters/kubernetes/reader/create-kubeconfig-reader.ts';
import type { Source } from '../../core/contracts/scan-words.ts';
import { drainCoverage, observeDrains } from '../../core/scan/drain/observe-drains.ts';
import type { KindList } from '../../core/scan/listed/kind-list.ts';
import { advance, unread } from '../../core/scan/live/advance.ts';
import { coverageOf, type LiveScanState, startLiveScan } from '../../core/scan/live/keep.ts';
import type { Io } from '../command/io.ts';
import { Progress } from '../output/progress.ts';
import { collectInsights, insightsCluster, insightsNotAsked } from './collect-insights.ts';
import type { Collected, ScanOptions } from './scan-options.ts';

type ReadOptions = Pick<ScanOptions, 'kubeconfig' | 'context' | 'requestsPerSecond'> & {
  readonly skip: readonly Source[];
};

/** Reads the cluster of a kubeconfig's context. Everything that cannot be read is a gap; only an invalid kubeconfig is an error. */
export async function readLive(io: Io, options: ReadOptions, lists: readonly KindList[] = []) {
  const path = options.kubeconfig ?? io.env.KUBECONFIG?.split(':')[0] ?? join(homedir(), '.kube', 'config');
  const { interrupted } = io;
  const pace = {
    milliseconds: 1_000 / options.requestsPerSecond,
    // The API server needs real time, whatever clock the command is given.
    clock: { now: () => new Date() },
    sleep: io.sleep,
  };
  const { reader, context } = await createKubeconfigReader(
    { path, ...(options.context === undefined ? {} : { context: options.context }) },
    { pace },
  );
  const state = startLiveScan(io.now(), options.skip, lists);
  const progress = new Progress(io);
  // A user who presses Ctrl-C does not want to wait for a slow answer.
  const close = () => reader.close();
  interrupted.addEventListener('abort', close);
  try {
    const tidy = smallHeap();
    while (!interrupted.aborted && (await advance(state, { reader, wait: (seconds) => io.sleep(seconds * 1_000) }))) {
      progress.tell(() => told(state));
      tidy();
    }
  } finally {
    interrupted.removeEventListener('abort', close);
    close();
  }
  const left = interrupted.aborted ? state.units.map((unit) => unread(unit, 'the scan was interrupted')) : [];
  return { state, context, left };
}

/** Scans the cluster of a kubeconfig's context. */
export async function collectLive(io: Io, options: ScanOptions, lists: readonly KindList[]): Promise<Collected> {
  const { interrupted } = io;
  const skip = options.skip.filter((word): word is Source => word !== 'not-rendered');
  const { state, context, left } = await readLive(io, { ...options, skip }, lists);
  const eks = insightsCluster(options, context.cluster.name);
  const insights =
    eks === undefined || interrupted.aborted
      ? { observations: [], coverage: insightsNotAsked }
      : await collectInsights(eks, options, Object.values(state.facts.changes));
  const { serverVersion } = state;
  const forgiven = options.waivers.length > 0 || options.baseline !== undefined;
  const drains = observeDrains(state.facts.drain, { rolls: () => true, now: io.now() });
  return {
    subject: context.context,
    clusters: [context.context, context.cluster.name, clusterName(context.cluster.name)],
    ...(serverVersion === undefined ? {} : { serverVersion }),
    observations: [...state.observations, ...insights.observations, ...drains],
    coverage: [
      ...coverageOf(state, { forgiven }),
      ...drainCoverage(state),
      ...left,
      ...(skip.includes('insight') ? [] : [insights.coverage]),
    ],
    interrupted: interrupted.aborted,
  };
}

/** `aws eks update-kubeconfig` names clusters by their ARN; users name them by their name. */
const clusterName = (name: string): string => /:cluster\/(.+)$/.exec(name)?.[1] ?? name;

function told(state: LiveScanState): string {
  const read = state.coverage.reduce((sum, { count }) => sum + count, state.page?.count ?? 0);
  const [unit] = state.units;
  const at = unit?.type === 'list' ? ` Now: ${unit.resource}.` : '';
  return `Read ${read} objects; ${state.units.length} resources are left.${at}`;
}

/** About eight pages of 500 objects each. A scan of a small cluster never reaches it. */
const GROWTH_BYTES = 16 * 1024 * 1024;

/**
 * A scan makes garbage and keeps almost nothing, and V8 would let the heap grow to several times its live size before it collects. Returns a function
 * to call after each page, which collects garbage once enough was added.
 */
function smallHeap(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = () => getHeapStatistics().used_heap_size;
  let least = used();
  return () => {
    const now = used();
    // V8 also collects by itself.
    least = Math.min(least, now);
    // A collection visits the whole heap, so a large heap may grow by more before the next one.
    if (now - least < Math.max(GROWTH_BYTES, least / 8)) return;
    collect();
    least = used();
  };
}
