import { z } from 'zod';
import { timestamp } from '../contracts/items/common.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { sha256Hex } from '../hash/canonical-json.ts';
import { STATE_PROBES, type StateProbe, type Unwell, unwell } from './probe-verdict.ts';

/** One object that a probe looks at, in one reading. */
export interface Observed {
  /** Distinguishes it from all others of its probe, for people: `Deployment shop/api`. */
  readonly identity: string;
  /** Absent for an object that is well. */
  readonly is?: Unwell;
  /** What shows it: `0 of 2 available`. */
  readonly said: string;
  readonly owner?: string;
  /** Only pods that are just starting are not well. That does not last yet, however long there have been others. */
  readonly isStarting?: boolean;
  /** RFC 3339: when somebody created it or last changed its spec; absent for objects that no team writes. */
  readonly writtenAt?: string;
  /** Nobody has read when it was created, or what is behind it. If the baseline does not have it, it was created or changed since. */
  readonly isUndated?: boolean;
  /** Somebody wants no pods of it, as KEDA does while there is nothing to do, so nobody knows how it would run. */
  readonly isIdle?: boolean;
  /** RFC 3339: nothing is known of it yet, or only one run, and until then that may change. */
  readonly awaitedUntil?: string;
  /** For a test: its runs that have ended, each with its beginning (RFC 3339). */
  readonly runs?: readonly { readonly begunAt: string; readonly hasFailed: boolean }[];
}

/** The objects of one reading of a cluster, by probe. A probe that could not be read has no list. */
export type Reading = Readonly<Partial<Record<StateProbe, readonly Observed[]>>>;

/** The objects that were not well before anything was changed. Objects that were well are not kept: they are all others of that time. */
const baseline = z.object({
  takenAt: timestamp,
  probes: z.partialRecord(
    z.enum(STATE_PROBES as [StateProbe, ...StateProbe[]]),
    z.object({
      count: z.number(),
      unwell: z.record(z.string(), unwell),
      /** What a policy names, since it may name others later, whose earlier state is unknown; undated pods and Services. */
      known: z.array(z.string()).optional(),
      /** The same by the beginnings of their hashes, where there are too many names. */
      knownHashes: z.array(z.string()).optional(),
      /** The objects that wanted no pods. */
      idle: z.array(z.string()).optional(),
    }),
  ),
});
export type Baseline = z.infer<typeof baseline>;

/** A cluster with more is ill, and has no useful baseline. All of it has to fit into the record of its upgrade. */
export const MOST_KEPT = 200;

/** Of so many undated objects a short hash is kept, 20 KB in all. With more none is blamed, since a cluster of that many runs always has new ones. */
const MOST_HASHED = 2_000;
const hashOf = (identity: string): string => sha256Hex(identity).slice(0, 7);

export const NAMED_BY_POLICY: ReadonlySet<StateProbe> = new Set(['alarms', 'urls', 'test-jobs']);

/** Whether the baseline has an object that nobody can date. Where it was not kept, only what the policy names counts as there. */
export function isInBaseline({ probes }: Baseline, probe: StateProbe, identity: string): boolean {
  const { known, knownHashes } = probes[probe] ?? {};
  return known?.includes(identity) ?? knownHashes?.includes(hashOf(identity)) ?? NAMED_BY_POLICY.has(probe);
}

/** For these probes `known` distinguishes new undated objects from old ones. */
const UNDATED: ReadonlySet<StateProbe> = new Set(['pods', 'services']);

export function takeBaseline(reading: Reading, now: Date): Baseline {
  const probes: Baseline['probes'] = {};
  for (const probe of STATE_PROBES) {
    const seen = reading[probe];
    if (seen === undefined) continue;
    const ill = seen.flatMap((one) => (one.is && !isOnlyStarting(one, now) ? [[one.identity, one.is] as const] : []));
    const isNamed = NAMED_BY_POLICY.has(probe);
    const names = seen.filter(({ isUndated }) => isNamed || isUndated).map(({ identity }) => identity);
    const known = isNamed ? { known: names } : UNDATED.has(probe) ? keptOf(names) : {};
    const idle = seen.filter(({ isIdle }) => isIdle).map(({ identity }) => identity);
    // For workloads an empty list means that nothing was idle, while an absent one means that nobody knows.
    const own = (idle.length > 0 || probe === 'workloads') && idle.length <= MOST_KEPT ? { idle } : {};
    probes[probe] = { count: ill.length, unwell: Object.fromEntries(ill.slice(0, MOST_KEPT)), ...known, ...own };
  }
  return { takenAt: now.toISOString(), probes };
}

function keptOf(names: readonly string[]) {
  if (names.length <= MOST_KEPT) return { known: [...names] };
  return names.length <= MOST_HASHED ? { knownHashes: names.map(hashOf) } : {};
}

/** By then a rollout of a Deployment has failed or ended: by default it gives up after 10 minutes without progress. */
const SETTLED_MINUTES = 60;

/**
 * Pods come and go. The hop is to blame for pods of a workload that has run unchanged for long, while nobody knows whether a new version ever runs.
 * The scan waits for workloads that no team writes.
 */
const isOnlyStarting = ({ isStarting = false, writtenAt = '' }: Observed, now: Date): boolean =>
  isStarting && now.getTime() - Date.parse(writtenAt) >= SETTLED_MINUTES * 60_000;

/** The baseline that the scan of this upgrade took; undefined when there was none. */
export function baselineOf(upgrade: Pick<Upgrade, 'steps'> | undefined): Baseline | undefined {
  const scan = upgrade?.steps['scan-cluster'];
  const parsed = baseline.safeParse(scan?.detail?.baseline);
  if (parsed.success) return parsed.data;
  const older = unhealthyPods.safeParse(scan?.detail?.unhealthyPods);
  return scan === undefined || !older.success ? undefined : fromCounts(older.data, scan.endedAt ?? scan.startedAt);
}

/** The form of earlier releases, which only had pods. */
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
