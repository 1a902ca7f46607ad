import type { Clock } from '../../ports/clock.ts';
import type { ClusterTarget } from '../../ports/cluster-access.ts';
import type { ClusterReaders } from '../../ports/cluster-readers.ts';
import { advance } from '../live/advance.ts';
import type { LiveScanState } from '../live/live-scan-state.ts';

/** How long one invocation reads; what it has read by then is put away. */
const READING_SECONDS = 60;
/** A longer wait is the state machine's, which costs nothing while it waits. */
const LONGEST_SLEEP_SECONDS = 10;
/** It is put away earlier when so much was found: what a crash loses is bounded too. */
const MOST_FOUND = 5_000;

export interface Reading {
  readonly state: LiveScanState;
  /** Everything was read, or said to be unreadable. */
  readonly ended: boolean;
  /** How long to leave the API server alone before going on. */
  readonly pauseSeconds: number;
}

/** The API server asks for more patience than this invocation has left. */
class NeedsPause extends Error {
  readonly seconds: number;

  constructor(seconds: number) {
    super(`The API server asks to wait for ${seconds} seconds.`);
    this.seconds = seconds;
  }
}

/** Goes on with a scan for a minute. The state that it gives is always one between two things to read. */
export async function readForAWhile(
  ports: { readonly clock: Clock; readonly readers: ClusterReaders },
  target: ClusterTarget,
  begun: LiveScanState,
): Promise<Reading> {
  const cluster = ports.readers.open(target);
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
      // Only a list leaves the state as it was until its answer is there.
      const before = state.units[0]?.type === 'list' ? undefined : structuredClone(state);
      try {
        if (!(await advance(state, { reader: cluster.reader, wait }))) return { state, ended: true, pauseSeconds: 0 };
      } catch (error) {
        if (!(error instanceof NeedsPause)) throw error;
        state = before ?? state;
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
