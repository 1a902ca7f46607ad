import type { Source } from '../../contracts/scan-words.ts';
import { given } from '../../model/given.ts';
import { counted, some } from '../../model/words.ts';
import type { Observation, Problem } from '../judge/observation.ts';
import { TITLES } from '../live/keep.ts';
import { DRAIN_KINDS } from '../live/unit-discovery.ts';
import { readOf, unreadOf } from '../report/coverage.ts';
import type { Coverage } from '../report/report-schema.ts';
import { isGap } from '../report/verdict.ts';
import { budgetPatch } from './budget-patch.ts';
import type { DrainBudget, DrainFacts, DrainNode } from './drain-facts.ts';
import { type DrainAnswer, type DrainCause, type DrainCode, type HeldPod, simulateDrain } from './simulate-drain.ts';
import type { Together } from './without-surge.ts';

export interface DrainQuestion {
  /** Whether EKS replaces a managed node group in this hop; true for all groups where EKS was not asked. */
  readonly rolls: (nodegroup: string) => boolean;
  /** How EKS replaces the nodes of a group, where it was asked; one by one otherwise. */
  readonly together?: Together;
  /** Managed node groups that EKS is updating, where EKS was asked. */
  readonly updating?: readonly string[];
  readonly now: Date;
}

/**
 * The problems that the drains of a hop will meet, as observations of the source `drain`: one for each thing to repair. None where a list was not
 * read completely; the coverage reports that.
 */
export function observeDrains(
  facts: DrainFacts | undefined,
  { rolls, together, updating, now }: DrainQuestion,
): Observation[] {
  if (facts === undefined || missingLists(facts).length > 0) return [];
  const goes = new Set(facts.nodes.filter(({ nodegroup }) => nodegroup !== undefined && rolls(nodegroup)));
  return [...drainObservations(simulateDrain(facts, goes, now, together), facts), ...observeHealth(facts, updating)];
}

/** The drains among these that are proved stuck. */
export const stuckDrains = (...asked: Parameters<typeof observeDrains>): Problem[] =>
  observeDrains(...asked).filter(isStuckDrain);

export const isStuckDrain = (one: Observation): one is Problem => one.type === 'problem' && one.rule === 'DrainStuck';

/** The result of a simulation, as observations. */
export const drainObservations = ({ causes, lost }: DrainAnswer, facts: DrainFacts): Problem[] => [
  ...causes.map((cause) => problemOf(cause, facts)),
  ...lostPods(lost),
];

/** Reports whether the drains were judged. A source that is skipped, or a list that was not read, has its own coverage entry. */
export function drainCoverage({
  facts: { drain },
  coverage,
  skip,
}: {
  readonly facts: { readonly drain: DrainFacts };
  readonly coverage: readonly Coverage[];
  readonly skip: readonly Source[];
}): Coverage[] {
  const what = 'drains of the nodes';
  const unread = missingLists(drain);
  if (skip.includes('drain')) return [];
  if (unread.length === 0) return [readOf(what, 'drain', drain.nodes.length)];
  const gaps = coverage.flatMap((one) => (isGap(one) ? one.what : []));
  const says = (kind: string) => [TITLES.discovery, titleOf(kind), `resources of ${versionOf(kind)}`];
  const silent = unread.filter((kind) => !says(kind).some((what) => gaps.includes(what)));
  if (silent.length === 0) return [];
  const detail = `They are not judged without these lists: ${silent.map(titleOf).join(', ')}.`;
  return [unreadOf(what, 'drain', 'error', detail)];
}

const versionOf = (kind: string): string => (kind.startsWith('/') ? 'v1' : `${kind.split('/')[0]}/v1`);

/** `apps/deployments` is called `deployments.apps` in the coverage. */
const titleOf = (kind: string): string =>
  kind
    .split('/')
    .reverse()
    .filter((part) => part !== '')
    .join('.');

const missingLists = ({ read }: DrainFacts): string[] => DRAIN_KINDS.filter((kind) => !read.includes(kind));

const MOST_NAMED = 5;
const OF_DRAINS = { type: 'problem', source: 'drain', reason: 'preflight' } as const;

function problemOf(cause: DrainCause, facts: DrainFacts): Problem {
  const { verdict, pods, budgets } = cause;
  const [budget] = budgets;
  const isStuck = verdict === 'stuck';
  const workloads = workloadsOf(cause);
  const subject = budget === undefined ? subjectOf(workloads[0] ?? '') : budgetSubject(budget);
  const { message, fix } = wordsOf(cause);
  const nodes = [...new Set(pods.map(({ node }) => node))];
  const groups = new Map(facts.nodes.map(({ name, nodegroup = '?' }) => [name, nodegroup]));
  return {
    ...OF_DRAINS,
    rule: isStuck ? 'DrainStuck' : 'DrainUncertain',
    severity: isStuck ? 'error' : 'warning',
    subject,
    ...given({ owner: budget?.owner ?? ownerOf(workloads, subject.namespace, facts) }),
    cause: `drain:${subject.namespace ?? ''}/${subject.name}`,
    evidence: [
      `${counted(pods.length, 'pod')} of ${named(workloads)} on ${counted(nodes.length, 'node')}: ${named(nodes)}.`,
      `Node groups: ${named([...new Set(nodes.map((node) => groups.get(node) ?? '?'))])}.`,
      ...figures(cause),
    ],
    confidence: 'high',
    message,
    fix,
  };
}

/** The owner in the budget comes first, then the owner of a workload, then that of the namespace. */
const ownerOf = (
  workloads: readonly string[],
  namespace: string | undefined,
  { owners }: DrainFacts,
): string | undefined =>
  workloads.map((workload) => owners[workload]).find((owner) => owner !== undefined) ??
  owners[`Namespace//${namespace}`];

const budgetSubject = ({ namespace, name }: DrainBudget) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  namespace,
  name,
});

function subjectOf(workload: string) {
  const [kind = '', namespace = '', name = ''] = workload.split('/');
  return { kind, namespace, name };
}

function figures({ disruption, budgets: [budget] }: DrainCause): string[] {
  if (disruption === undefined || budget === undefined) return [];
  const { expected, healthy, desired, allowed } = disruption;
  const rule =
    budget.minAvailable === undefined
      ? `maxUnavailable ${budget.maxUnavailable ?? 'not set'}`
      : `minAvailable ${budget.minAvailable}`;
  return [
    `${rule}: ${expected ?? 'an unknown number of'} pods expected, ${desired} must be healthy, ${healthy} are: ${allowed} may be evicted.`,
  ];
}

const named = (names: readonly string[]): string => some(names, MOST_NAMED);

const budgetText = ({ budgets }: DrainCause): string =>
  budgets.map(({ namespace, name }) => `PodDisruptionBudget ${namespace}/${name}`).join(' and ');

/** `Deployment/payments/api`. */
const workloadsOf = ({ pods }: DrainCause): string[] => [
  ...new Set(pods.map(({ controller, namespace, name }) => controller ?? `Pod/${namespace}/${name}`)),
];

const workloadText = (cause: DrainCause): string => named(workloadsOf(cause).map((name) => name.replace('/', ' ')));

interface Said {
  readonly message: string;
  readonly fix: string;
}

/** Message and fix for each reason why a drain is stuck or may be. */
const WORDS: Readonly<Record<DrainCode, (cause: DrainCause) => Said>> = {
  'budget-allows-none': (cause) => ({
    message: `${budgetText(cause)} never lets a pod of ${workloadText(cause)} go, so no node with one of them can be drained.`,
    fix: `Let it allow one disruption (maxUnavailable: 1, or minAvailable below the replicas)${moreReplicas(cause)}: ${patchOf(cause)}`,
  }),
  'budget-unhealthy': (cause) => ({
    message: `${budgetText(cause)} lets no pod of ${workloadText(cause)} go as long as ${missing(cause)} not Ready.`,
    fix: 'Repair the pods that are not Ready, or set unhealthyPodEvictionPolicy: AlwaysAllow where only those stand in the way.',
  }),
  'budget-sync-failed': (cause) => ({
    message: `${budgetText(cause)} allows nothing: Kubernetes cannot count the replicas of ${workloadText(cause)}, or of another controller whose pods it selects.`,
    fix: 'Give it an integer minAvailable, which needs no replicas, or a selector that leaves out pods of Jobs and DaemonSets.',
  }),
  'budget-shrinks': (cause) => ({
    message: `Pods of ${workloadText(cause)} do not come back after their eviction, and ${budgetText(cause)} then lets no other one go.`,
    fix: 'Have a controller make these pods, let a new node take them (nodeSelector, volumes, size), or let the budget allow as many as there are.',
  }),
  'budget-recovering': (cause) => ({
    message: `${budgetText(cause)} lets no pod of ${workloadText(cause)} go now; pods of it are starting, ending or not made yet.`,
    fix: 'Look again when the rollout of the workload has ended; if pods stay missing, repair it.',
  }),
  'budget-scale-unknown': (cause) => ({
    message: `How many replicas ${budgetText(cause)} counts with is not known: its pods belong to a custom resource, and its status is stale.`,
    fix: 'Look again in a minute, when the disruption controller has written its status.',
  }),
  'no-surge': (cause) => ({
    message: `${budgetText(cause)} lets fewer pods of ${workloadText(cause)} go at a time than end together: their node group has the update strategy MINIMAL, so old nodes end before new ones start, and whether evicted pods find room meanwhile is not known.`,
    fix: 'Give the group the update strategy DEFAULT, keep room on nodes of other groups, or spread the pods over more nodes.',
  }),
  'several-budgets': (cause) => ({
    message: `${budgetText(cause)} select the same pods of ${workloadText(cause)}: the eviction API then evicts none of them, whatever they allow.`,
    fix: 'Let one budget select each pod: narrow the selector of one of them, or delete it.',
  }),
  'long-grace': (cause) => ({
    message: `Pods of ${workloadText(cause)} may take longer to end (terminationGracePeriodSeconds, one after the other where a budget lets few go) than the 15 minutes that EKS gives a node.`,
    fix: 'Shorten terminationGracePeriodSeconds (of each pod to less than 900), see to it that the pods end earlier, or let their budget allow more disruptions at a time.',
  }),
  slow: (cause) => ({
    message: `To evict the pods of ${workloadText(cause)} takes an estimated time that is longer than the 15 minutes that EKS gives a node.`,
    fix: 'Let the budgets allow more disruptions at a time, spread the pods over more nodes, or have fewer nodes of the group replaced at once (maxUnavailable of its update settings).',
  }),
  'comes-back': (cause) => ({
    message: `Pods of ${workloadText(cause)} tolerate the taint of a cordoned node, so they may be scheduled onto it again.`,
    fix: 'Take the blanket toleration away (operator: Exists without a key), or make it a DaemonSet.',
  }),
  finalizer: (cause) => ({
    message: `Pods of ${workloadText(cause)} have finalizers or have been ending for long, and a node waits for them.`,
    fix: 'See what sets the finalizers, or what keeps the pods from ending; delete what nobody needs.',
  }),
};

/** Message and fix for a cause. */
export const wordsOf = (cause: DrainCause): Said => WORDS[cause.code](cause);

function missing({ disruption: { healthy = 0, desired = 0 } = {} as never }: DrainCause): string {
  const count = Math.max(1, desired - healthy + 1);
  return count === 1 ? 'one of them is' : `${count} of them are`;
}

/**
 * How many replicas make the budget allow one disruption. Kubernetes rounds a percentage of minAvailable up. Empty where no number of replicas helps.
 */
function moreReplicas({ budgets: [budget] }: DrainCause): string {
  const minAvailable = budget?.minAvailable ?? '100%';
  const amount = Number.parseInt(`${minAvailable}`, 10);
  const enough = typeof minAvailable === 'number' ? amount + 1 : Math.ceil(100 / (100 - amount));
  return enough > 0 && Number.isFinite(enough) ? `, or run at least ${enough} replicas` : '';
}

const patchOf = ({ budgets: [budget] }: DrainCause): string =>
  budget === undefined ? '' : budgetPatch(budget, budget.minAvailable !== undefined);

/** No controller recreates a bare pod, so a drain deletes it for good. */
function lostPods(lost: readonly HeldPod[]): Problem[] {
  const byNamespace = Map.groupBy(lost, ({ namespace }) => namespace);
  return [...byNamespace].map(([namespace, pods]) => ({
    ...OF_DRAINS,
    rule: 'DrainLosesPods',
    severity: 'info',
    subject: { kind: 'Pod', namespace, name: pods[0]?.name ?? '' },
    cause: `drain:${namespace}/bare`,
    evidence: [`On ${named([...new Set(pods.map(({ node }) => node))])}.`],
    confidence: 'medium',
    message: `No controller makes ${named(pods.map(({ name }) => name))} again: the drain ends ${pods.length === 1 ? 'it' : 'them'} for good.`,
    fix: 'Let a Deployment, a StatefulSet or a Job make what is needed, or start it again by hand after the upgrade.',
  }));
}

/**
 * Problems of nodes and rollouts before the upgrade begins, which are reported only. Nodes that are not Ready, cordoned or under pressure take no
 * pods of drained nodes, and a paused rollout may continue during the upgrade. EKS cordons all nodes of a group when its update begins (facts: eks.md
 * §5.1), so those are left out.
 */
export function observeHealth({ nodes, paused, owners }: DrainFacts, updating: readonly string[] = []): Problem[] {
  const isOfEks = ({ nodegroup = '' }: DrainNode): boolean => updating.includes(nodegroup);
  return [
    ...ofNodes(nodes, 'NodeNotReady', ({ ready }) => !ready, {
      says: 'not Ready',
      fix: 'See what the kubelet says (kubectl describe node), or replace what is not Ready: the smoke check after the upgrade would find that, too.',
    }),
    ...ofNodes(nodes, 'NodeCordoned', (node) => isCordoned(node) && !isOfEks(node) && node.cordonedBy === undefined, {
      says: 'cordoned by somebody: no pod of nodes that are drained goes there',
      fix: 'Take the cordon off (kubectl uncordon), or drain and replace what is cordoned before the upgrade.',
    }),
    ...ofNodes(nodes, 'NodeCordoned', (node) => isCordoned(node) && !isOfEks(node) && node.cordonedBy !== undefined, {
      says: 'cordoned by a drain of Liftlock: no pod of other nodes that are drained goes there',
      fix: 'What is drained is ended by whoever owns it, before the upgrade.',
    }),
    ...ofNodes(nodes, 'NodeCordoned', (node) => isCordoned(node) && isOfEks(node), {
      says: 'cordoned while EKS updates the group: no pod of other nodes that are drained goes there',
      fix: 'Leave the cordon: the update replaces what it has cordoned. What it waits for are pods that no budget lets go.',
    }),
    ...ofNodes(nodes, 'NodePressure', ({ pressures = [] }) => pressures.length > 0, {
      says: 'under pressure: the kubelet evicts pods there',
      fix: 'Free what is short (kubectl describe node), or give the group larger nodes.',
    }),
    ...paused.map((workload) => pausedRollout(workload, owners[`Deployment/${workload}`])),
  ];
}

const isCordoned = ({ unschedulable, ready }: DrainNode): boolean => unschedulable && ready;

type NodeRule = 'NodeNotReady' | 'NodeCordoned' | 'NodePressure';

/** One problem for each node group, because its nodes are repaired together. */
function ofNodes(
  nodes: readonly DrainNode[],
  rule: NodeRule,
  isSo: (node: DrainNode) => boolean,
  { says, fix }: { readonly says: string; readonly fix: string },
): Problem[] {
  const groups = Map.groupBy(nodes.filter(isSo), ({ nodegroup }) => nodegroup);
  return [...groups].map(([group, found]): Problem => {
    const names = found.map(({ name }) => name);
    const of = group === undefined ? 'outside of managed groups' : `of node group ${group}`;
    return {
      ...told(rule, { kind: 'Node', name: names[0] ?? '' }, `nodegroup:${group ?? 'none'}`),
      evidence: [`${named(names)}.`],
      message: `${names.length === 1 ? 'A node' : `${names.length} nodes`} ${of} ${names.length === 1 ? 'is' : 'are'} ${says}.`,
      fix,
    };
  });
}

function pausedRollout(workload: string, owner: string | undefined): Problem {
  const [namespace = '', name = ''] = workload.split('/');
  return {
    ...told('WorkloadPaused', { kind: 'Deployment', namespace, name }, `workload:${workload}`),
    ...given({ owner }),
    evidence: ['spec.paused is true.'],
    message: `The rollout of Deployment ${workload} is paused: pods of two revisions may run, and changes wait.`,
    fix: `End it before the upgrade: kubectl -n ${namespace} rollout resume deployment ${name}, or undo what it was for.`,
  };
}

type Told = Omit<Problem, 'evidence' | 'message' | 'fix'>;

const told = (rule: NodeRule | 'WorkloadPaused', subject: Problem['subject'], cause: string): Told => ({
  ...OF_DRAINS,
  severity: 'warning',
  confidence: 'high',
  rule,
  subject,
  cause,
});
