import { z } from 'zod';
import { timestamp } from '../contracts/items/common.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { STATE_PROBES, type StateProbe, type Unwell, unwell } from './probe-verdict.ts';

/** One thing that a probe looks at, as it is in one reading. */
export interface Observed {
  /** Tells it from all others of its probe, for people: `Deployment shop/api`. */
  readonly identity: string;
  /** Absent for what is well. */
  readonly is?: Unwell;
  /** How it shows: `0 of 2 available`. */
  readonly said: string;
  readonly owner?: string;
  /** What is not well are pods alone that are just starting: that does not last yet, however long there have been others. */
  readonly isStarting?: boolean;
  /** RFC 3339: when somebody has made it or last written what it is to be; absent for what no team writes. */
  readonly writtenAt?: string;
  /** Nobody has read when it was made, or what is behind it: what the baseline does not know so was made or changed since. */
  readonly isUndated?: boolean;
  /** Somebody wants no pods of it, as KEDA does while there is nothing to do: how it would run nobody knows. */
  readonly isIdle?: boolean;
  /** RFC 3339: nothing is known of it yet, or one run alone, and until then that may change. */
  readonly awaitedUntil?: string;
  /** Of a test: its runs that have ended, each by when it began (RFC 3339). */
  readonly runs?: readonly { readonly begunAt: string; readonly hasFailed: boolean }[];
}

/** What one reading of a cluster has seen, by probe; one that could not be read has no list. */
export type Reading = Readonly<Partial<Record<StateProbe, readonly Observed[]>>>;

/** What was not well before anything was changed. What was well need not be kept: it is all the rest that was there by then. */
const baseline = z.object({
  takenAt: timestamp,
  probes: z.partialRecord(
    z.enum(STATE_PROBES as [StateProbe, ...StateProbe[]]),
    z.object({
      count: z.number(),
      unwell: z.record(z.string(), unwell),
      /** All that was read of what a policy names, since it may name others later, of which nobody knows how they were; of pods and Services, what is undated. */
      known: z.array(z.string()).optional(),
      /** What wanted no pods. */
      idle: z.array(z.string()).optional(),
    }),
  ),
});
export type Baseline = z.infer<typeof baseline>;

/** A cluster with more is ill, and whatever is kept of it is no baseline; all of it has to fit into the record of its upgrade. */
export const MOST_KEPT = 200;

export const NAMED_BY_POLICY: ReadonlySet<StateProbe> = new Set(['alarms', 'urls', 'test-jobs']);
/** Of these what is undated is told apart by what the baseline knows. */
const UNDATED: ReadonlySet<StateProbe> = new Set(['pods', 'services']);

export function takeBaseline(reading: Reading, now: Date): Baseline {
  const probes: Baseline['probes'] = {};
  for (const probe of STATE_PROBES) {
    const seen = reading[probe];
    if (seen === undefined) continue;
    const ill = seen.flatMap((one) => (one.is && !isOnlyStarting(one, now) ? [[one.identity, one.is] as const] : []));
    const isNamed = NAMED_BY_POLICY.has(probe);
    const names = seen.filter(({ isUndated }) => isNamed || isUndated).map(({ identity }) => identity);
    const known = isNamed || (UNDATED.has(probe) && names.length <= MOST_KEPT) ? { known: names } : {};
    const idle = seen.filter(({ isIdle }) => isIdle).map(({ identity }) => identity);
    // Of workloads it is told apart from what nobody knows that nothing was idle.
    const own = (idle.length > 0 || probe === 'workloads') && idle.length <= MOST_KEPT ? { idle } : {};
    probes[probe] = { count: ill.length, unwell: Object.fromEntries(ill.slice(0, MOST_KEPT)), ...known, ...own };
  }
  return { takenAt: now.toISOString(), probes };
}

/** A rollout of a Deployment has failed or come to its end by then: it gives up after 10 minutes without progress where nobody says more. */
const SETTLED_MINUTES = 60;

/**
 * Pods come and go, and what breaks those of a workload that ran as it does for long is the hop's; of what somebody has just written nobody knows yet whether
 * it ever runs. What no team writes the scan waits for.
 */
const isOnlyStarting = ({ isStarting = false, writtenAt = '' }: Observed, now: Date): boolean =>
  isStarting && now.getTime() - Date.parse(writtenAt) >= SETTLED_MINUTES * 60_000;

/** As the scan of this upgrade took it; undefined when there was none. */
export function baselineOf(upgrade: Pick<Upgrade, 'steps'> | undefined): Baseline | undefined {
  const scan = upgrade?.steps['scan-cluster'];
  const parsed = baseline.safeParse(scan?.detail?.baseline);
  if (parsed.success) return parsed.data;
  const older = unhealthyPods.safeParse(scan?.detail?.unhealthyPods);
  return scan === undefined || !older.success ? undefined : fromCounts(older.data, scan.endedAt ?? scan.startedAt);
}

/** As the version before wrote it, which knew pods alone. */
const unhealthyPods = z.object({
  count: z.number(),
  names: z.array(z.string()),
  workloads: z.record(z.string(), z.number()).default({}),
});

function fromCounts({ count, names, workloads }: z.infer<typeof unhealthyPods>, takenAt: string): Baseline {
  const owners = Object.keys(workloads).map((text) => {
    const [namespace = '', kind = '', name = ''] = text.split('/');
    return `${kind} ${namespace}/${name}`;
  });
  const ill = [...owners, ...names.map((name) => `Pod ${name}`)];
  return { takenAt, probes: { pods: { count, unwell: Object.fromEntries(ill.map((one) => [one, 'down' as const])) } } };
}
