import { z } from 'zod';
import { timestamp } from '../contracts/items/common.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { ReasonCode } from '../contracts/reasons.ts';

/**
 * What is compared before and after a hop. A state is hard where it is the cluster's own health: one that is worse is enough to call the cluster
 * worse. Those that are not have often a cause of their own, and count as rates do: two from sources that do not depend on each other.
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
  /** Probes of one source may fail for one cause. */
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
export const RATE_PROBES = namesOf('rate');

/** How well something is; only what is not wholly well is ever kept. */
export const unwell = z.enum(['degraded', 'down']);
export type Unwell = z.infer<typeof unwell>;

const result = z.enum(['pass', 'fail', 'inconclusive']);
const told = {
  result,
  /** Of an inconclusive one: when another look would decide; absent where waiting does not help. */
  concludesAt: timestamp.optional(),
  /** Of an inconclusive one: why nobody can tell, as a sentence. */
  why: z.string().optional(),
  /** Of a rate that has failed here and for so many others that its source is taken for broken. */
  isExcused: z.literal(true).optional(),
};

const worsened = z.object({
  /** `Deployment shop/api` */
  identity: z.string(),
  was: z.enum(['well', 'degraded']),
  is: unwell,
  /** How it shows: `0 of 2 available`. */
  said: z.string(),
  owner: z.string().optional(),
  /** The first of the readings in which it was worse, one after the other. */
  since: timestamp,
  /** Of a test: when its last runs began, two at most, that failed one after the other. */
  failedRuns: z.array(timestamp).optional(),
});
export type Worsened = z.infer<typeof worsened>;

const stateFigures = z.object({
  /** How many there are now. */
  compared: z.number(),
  unwell: z.number(),
  /** Of those, how many were not better before. */
  unwellBefore: z.number(),
  /** How many are new, or were changed by somebody since: nobody can tell that from the hop. */
  changed: z.number(),
  /** The first of them, with whose they are. */
  changedNamed: z.array(z.string()).optional(),
  /** DaemonSets that wanted pods before and want none now, the first of them, with whose they are. */
  emptied: z.array(z.string()).optional(),
  /** How many got worse, the first of them by name. */
  worse: z.number(),
  named: z.array(worsened),
  /** What is worse here and for so many others that its source is taken for broken: others have to count it as well. */
  excused: z.array(z.string()).optional(),
});

const rateFigures = z.object({
  /** Minutes with data. */
  minutesBefore: z.number(),
  minutesAfter: z.number(),
  before: z.number().optional(),
  after: z.number().optional(),
  /** `after` for one of `before`. */
  effect: z.number().optional(),
  /** The chance of as much by chance alone. */
  p: z.number().optional(),
  /** How much more the blocks scatter than counts of chance alone would; 1 = as those. */
  overDispersion: z.number().optional(),
  /** The smallest effect that this much data would show 19 times of 20. */
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
  /** Of a metric that the policy names: what it calls it, and whose requests are counted. Absent: of the API server. */
  of: z.object({ name: z.string(), source: z.string() }).optional(),
  /** The permission for want of which nobody could read it, as IAM names it. */
  lacks: z.string().optional(),
  figures: rateFigures,
  ...told,
});
export type StateVerdict = z.infer<typeof stateVerdict>;
export type RateVerdict = z.infer<typeof rateVerdict>;

/** What one probe says of a cluster after a hop. */
export const probeVerdict = z.discriminatedUnion('kind', [stateVerdict, rateVerdict]);
export type ProbeVerdict = z.infer<typeof probeVerdict>;

/** `nodes`, `metric-errors of checkout`. */
export const probeText = (verdict: ProbeVerdict): string =>
  verdict.kind === 'rate' && verdict.of !== undefined ? `${verdict.probe} of ${verdict.of.name}` : verdict.probe;

/** Verdicts of one source may fail for one cause. */
export const sourceOf = (verdict: ProbeVerdict): string =>
  (verdict.kind === 'rate' ? verdict.of?.source : undefined) ?? PROBES[verdict.probe].source;

/** In the detail of the step that compares. */
const comparison = z.object({ comparedAt: timestamp, verdicts: z.array(probeVerdict) });

/** The steps that compare: the smoke check, and the scan of an upgrade that goes on while its nodes wait. */
export const COMPARING_STEPS = ['scan-cluster', 'smoke-check'] as const;

/** What was compared last in an upgrade so far, and when; undefined before the first look. */
export function comparisonOf(upgrade: Pick<Upgrade, 'steps'> | undefined): z.infer<typeof comparison> | undefined {
  const all = COMPARING_STEPS.flatMap((step) => comparison.safeParse(upgrade?.steps[step]?.detail).data ?? []);
  return all.toSorted((one, other) => (one.comparedAt < other.comparedAt ? -1 : 1)).at(-1);
}
