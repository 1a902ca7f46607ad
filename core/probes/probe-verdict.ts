import { z } from 'zod';
import { timestamp } from '../contracts/items/common.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { ReasonCode } from '../contracts/reasons.ts';

/**
 * What is compared before and after a hop. A hard state is the cluster's own health: one that is worse is enough to call the cluster worse. Other
 * states often have causes of their own and count like rates: it takes two with independent sources.
 */
export const PROBES = {
  nodes: { kind: 'state', isHard: true, source: 'nodes', code: 'NodeNotReady', what: 'nodes' },
  workloads: { kind: 'state', isHard: true, source: 'workloads', code: 'WorkloadUnavailable', what: 'workloads' },
  pods: { kind: 'state', isHard: true, source: 'workloads', code: 'MoreUnhealthyPods', what: 'owners of pods' },
  services: { kind: 'state', isHard: true, source: 'workloads', code: 'ServiceWithoutEndpoints', what: 'Services' },
  jobs: { kind: 'state', isHard: false, source: 'jobs', code: 'JobFailed', what: 'Jobs' },
  'test-jobs': { kind: 'state', isHard: true, source: 'jobs', code: 'JobFailed', what: 'Jobs of the policy' },
  alarms: { kind: 'state', isHard: true, source: 'alarms', code: 'AlarmRings', what: 'alarms' },
  urls: { kind: 'state', isHard: true, source: 'urls', code: 'UrlFailed', what: 'URLs' },
  'api-errors': { kind: 'rate', isHard: false, source: 'api-server', code: 'ApiServerWorse', what: 'errors' },
  'api-latency': { kind: 'rate', isHard: false, source: 'api-server', code: 'ApiServerWorse', what: 'latency' },
  'metric-errors': { kind: 'rate', isHard: false, source: 'metrics', code: 'MetricWorse', what: 'errors' },
  'metric-latency': { kind: 'rate', isHard: false, source: 'metrics', code: 'MetricWorse', what: 'latency' },
} as const satisfies Readonly<Record<string, Probe>>;

interface Probe {
  readonly kind: 'state' | 'rate';
  readonly isHard: boolean;
  /** Probes of one source may fail for the same cause. */
  readonly source: string;
  readonly code: ReasonCode;
  readonly what: string;
}

export type ProbeName = keyof typeof PROBES;
export type ProbeOf<Kind> = {
  [Name in ProbeName]: (typeof PROBES)[Name]['kind'] extends Kind ? Name : never;
}[ProbeName];
export type StateProbe = ProbeOf<'state'>;
export type RateProbe = ProbeOf<'rate'>;

const namesOf = <Kind extends Probe['kind']>(kind: Kind) =>
  (Object.keys(PROBES) as ProbeName[]).filter((name) => PROBES[name].kind === kind) as ProbeOf<Kind>[];
export const STATE_PROBES = namesOf('state');
const RATE_PROBES = namesOf('rate');

/** How well an object is; only objects that are not well are kept. */
export const unwell = z.enum(['degraded', 'down']);
export type Unwell = z.infer<typeof unwell>;

const result = z.enum(['pass', 'fail', 'inconclusive']);
const told = {
  result,
  /** For an inconclusive one: when another look decides; absent where waiting does not help. */
  concludesAt: timestamp.optional(),
  /** For an inconclusive one: why nobody can tell, as a sentence. */
  why: z.string().optional(),
  /** For a rate that has failed here and for so many others that its source counts as broken. */
  isExcused: z.literal(true).optional(),
};

const worsened = z.object({
  /** `Deployment shop/api` */
  identity: z.string(),
  was: z.enum(['well', 'degraded']),
  is: unwell,
  /** What shows it: `0 of 2 available`. */
  said: z.string(),
  owner: z.string().optional(),
  /** The first of the consecutive readings in which it was worse. */
  since: timestamp,
  /** For a test: when its last consecutive failed runs began, at most two. */
  failedRuns: z.array(timestamp).optional(),
});
export type Worsened = z.infer<typeof worsened>;

const stateFigures = z.object({
  /** How many there are now. */
  compared: z.number(),
  unwell: z.number(),
  /** How many of those were not better before. */
  unwellBefore: z.number(),
  /** How many are new, or were changed by somebody since, so that the hop cannot be blamed. */
  changed: z.number(),
  /** The first of them, with their owners. */
  changedNamed: z.array(z.string()).optional(),
  /** The first DaemonSets that wanted pods before and want none now, with their owners. */
  emptied: z.array(z.string()).optional(),
  /** How many got worse, and the first of them by name. */
  worse: z.number(),
  named: z.array(worsened),
  /** Objects that are worse here and for so many others that their source counts as broken. Others have to count them as well. */
  excused: z.array(z.string()).optional(),
});

const rateFigures = z.object({
  /** Minutes with data. */
  minutesBefore: z.number(),
  minutesAfter: z.number(),
  before: z.number().optional(),
  after: z.number().optional(),
  /** `after` divided by `before`. */
  effect: z.number().optional(),
  /** The probability of such a rise by chance alone. */
  p: z.number().optional(),
  /** The variance of the blocks divided by that of counts by chance alone. */
  overDispersion: z.number().optional(),
  /** The smallest effect that these data would show 19 times in 20. */
  detectable: z.number().optional(),
});

const stateVerdict = z.object({
  probe: z.enum(STATE_PROBES as [StateProbe, ...StateProbe[]]),
  kind: z.literal('state'),
  figures: stateFigures,
  ...told,
});
const rateVerdict = z.object({
  probe: z.enum(RATE_PROBES as [RateProbe, ...RateProbe[]]),
  kind: z.literal('rate'),
  /** For a metric of the policy: its name, and the source of its requests. Absent: the API server. */
  of: z.object({ name: z.string(), source: z.string() }).optional(),
  /** The missing permission, as IAM names it, where nobody could read it. */
  lacks: z.string().optional(),
  figures: rateFigures,
  ...told,
});
export type StateVerdict = z.infer<typeof stateVerdict>;
export type RateVerdict = z.infer<typeof rateVerdict>;

/** The verdict of one probe about a cluster after a hop. */
const probeVerdict = z.discriminatedUnion('kind', [stateVerdict, rateVerdict]);
export type ProbeVerdict = z.infer<typeof probeVerdict>;

/** `nodes`, `metric-errors of checkout`. */
export const probeText = (verdict: ProbeVerdict): string =>
  verdict.kind === 'rate' && verdict.of !== undefined ? `${verdict.probe} of ${verdict.of.name}` : verdict.probe;

/** Verdicts of one source may fail for the same cause. */
export const sourceOf = (verdict: ProbeVerdict): string =>
  (verdict.kind === 'rate' ? verdict.of?.source : undefined) ?? PROBES[verdict.probe].source;

/** The detail of a step that compares. */
const comparison = z.object({ comparedAt: timestamp, verdicts: z.array(probeVerdict) });

/** The steps that compare: the smoke check, and the scan of an upgrade that goes on while its nodes wait. */
export const COMPARING_STEPS = ['scan-cluster', 'smoke-check'] as const;

/** The last comparison of an upgrade so far, with its time; undefined before the first look. */
export function comparisonOf(upgrade: Pick<Upgrade, 'steps'> | undefined): z.infer<typeof comparison> | undefined {
  const all = COMPARING_STEPS.flatMap((step) => comparison.safeParse(upgrade?.steps[step]?.detail).data ?? []);
  return all.toSorted((one, other) => (one.comparedAt < other.comparedAt ? -1 : 1)).at(-1);
}
