import { given } from '../model/given.ts';
import { PRESSURES, type SeenObject } from '../scan/drain/note-drain-facts.ts';
import { type Mapping, mappingOf, mappingsOf, numberOf, textOf } from '../scan/manifest/manifest-object.ts';
import { ownershipOf } from '../scan/owner/owner.ts';
import type { Observed } from './baseline.ts';
import type { StateProbe, Unwell } from './probe-verdict.ts';

/** The lists that probes read of a cluster, with their paths. A page has 500 objects and is one request. */
export const LISTS = {
  nodes: '/api/v1/nodes',
  pods: '/api/v1/pods',
  deployments: '/apis/apps/v1/deployments',
  daemonsets: '/apis/apps/v1/daemonsets',
  statefulsets: '/apis/apps/v1/statefulsets',
  jobs: '/apis/batch/v1/jobs',
  services: '/api/v1/services',
  endpointslices: '/apis/discovery.k8s.io/v1/endpointslices',
} as const;
export type ListName = keyof typeof LISTS;

/** The lists that each probe of a cluster needs. */
export const NEEDS = {
  nodes: ['nodes'],
  workloads: ['pods', 'deployments', 'daemonsets', 'statefulsets'],
  pods: ['pods', 'deployments', 'daemonsets', 'statefulsets'],
  services: ['pods', 'services', 'endpointslices', 'deployments', 'daemonsets', 'statefulsets'],
  jobs: ['jobs'],
  'test-jobs': ['jobs'],
} as const satisfies Partial<Readonly<Record<StateProbe, readonly ListName[]>>>;
export type ClusterProbe = keyof typeof NEEDS;

interface Workload extends Observed {
  readonly namespace: string;
  readonly desired: number;
  readonly available: number;
  readonly labels: Mapping;
}

type ObservedJob = Observed & { readonly begunAt: string; readonly endedAt: string };

/** Jobs that a policy names because they test the cluster. */
export interface TestJobs {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Jobs that began by `instant` prove nothing about later changes, and one that began later is awaited. Absent: the last one counts. */
  readonly begunAfter?: { readonly instant: Date; readonly awaitedUntil: Date };
}

interface PodsOfOne {
  count: number;
  ill: number;
  /** So young that they need not be ready yet, and not failing. */
  starting: number;
  /** How many of the ill ones are pending. */
  pending: number;
  said: string;
  /** Some have not ended and are outside of kube-system. */
  isOfTeam: boolean;
  readonly writtenAt?: string;
}

/** Pods of one owner with the same labels. */
interface Selectable {
  readonly owner: string;
  readonly labels: Mapping;
  /** How many of them have not come to their end. */
  live: number;
}

/** What the objects of a cluster show, page by page, so that no list has to be in memory. */
export interface ClusterObservation {
  readonly now: Date;
  /** Workloads that the hop itself moves: components of the policy, as `Deployment shop/api`. */
  readonly moved: ReadonlySet<string>;
  readonly tests: readonly TestJobs[];
  readonly nodes: Observed[];
  readonly workloads: Map<string, Workload>;
  readonly pods: Map<string, PodsOfOne>;
  /** What Services without a workload select, by namespace, and there by owner and labels: the steps of one workflow have different ones. */
  readonly selectable: Map<string, Map<string, Selectable>>;
  readonly jobs: Map<string, ObservedJob>;
  /** Jobs that have ended, by the name of the test. */
  readonly testJobs: Map<string, ObservedJob[]>;
  readonly services: {
    readonly namespace: string;
    readonly selector: Mapping;
    /** Neither the cluster's own, nor of an add-on. */
    readonly isOfTeam: boolean;
    readonly service: Observed;
  }[];
  /** Services with a ready endpoint, by `namespace/name`. */
  readonly reachable: Set<string>;
}

export const observeNothing = (
  now: Date,
  moved: readonly string[] = [],
  tests: readonly TestJobs[] = [],
): ClusterObservation => ({
  ...{ now, moved: new Set(moved), tests, nodes: [], workloads: new Map(), pods: new Map(), jobs: new Map() },
  ...{ selectable: new Map() },
  ...{ testJobs: new Map(tests.map(({ name }) => [name, []])), services: [], reachable: new Set() },
});

export function observeObject(list: ListName, object: Mapping, into: ClusterObservation): void {
  const metadata = mappingOf(object.metadata);
  // An object that is being deleted need not work, and finalizers may keep it for hours.
  if (metadata.deletionTimestamp !== undefined) return;
  const place = { namespace: textOf(metadata.namespace) ?? '', name: textOf(metadata.name) ?? '' };
  const seen: SeenObject = { ...place, metadata, spec: mappingOf(object.spec), status: mappingOf(object.status) };
  if (list === 'nodes') noteNode(seen, into);
  else if (list === 'pods') notePod(seen, into);
  else if (list === 'jobs') noteJob(seen, into);
  else if (list === 'services') noteService(seen, into);
  else if (list === 'endpointslices') noteEndpoints(seen, object, into);
  else noteWorkload(WORKLOADS[list], seen, into);
}

const WORKLOADS = { deployments: 'Deployment', daemonsets: 'DaemonSet', statefulsets: 'StatefulSet' } as const;

/** Upgrades and their add-ons change these objects, so a change of one excuses nothing. */
const SYSTEM = 'kube-system';

function noteNode({ name, metadata, status }: SeenObject, { nodes }: ClusterObservation): void {
  const holds = (type: string): boolean =>
    mappingsOf(status.conditions).some((one) => one.type === type && one.status === 'True');
  const pressures = PRESSURES.filter(holds);
  const seen = { identity: `Node ${name}`, ...ownerOf(metadata) };
  if (!holds('Ready')) nodes.push({ ...seen, is: 'down', said: 'not Ready' });
  else if (pressures.length > 0) nodes.push({ ...seen, is: 'degraded', said: pressures.join(', ') });
  else nodes.push({ ...seen, said: 'Ready' });
}

function noteWorkload(kind: string, seen: SeenObject, { workloads, moved }: ClusterObservation): void {
  const { namespace, name, metadata, spec, status } = seen;
  // A DaemonSet whose status was never written was not processed yet: it wants at least one pod and has none.
  const desired = numberOf(kind === 'DaemonSet' ? status.desiredNumberScheduled : spec.replicas) ?? 1;
  const available = numberOf(kind === 'DaemonSet' ? status.numberAvailable : status.availableReplicas) ?? 0;
  const identity = `${kind} ${namespace}/${name}`;
  const is = available >= desired ? undefined : available === 0 ? 'down' : 'degraded';
  const labels = mappingOf(mappingOf(mappingOf(spec.template).metadata).labels);
  const writtenAt = namespace === SYSTEM || moved.has(identity) ? undefined : lastWrittenAt(metadata);
  const told = { identity, said: `${available} of ${desired} available`, ...ownerOf(metadata) };
  workloads.set(identity, { ...told, namespace, desired, available, labels, ...given({ is, writtenAt }) });
}

const FAILING = new Set([
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'ErrImagePull',
  'CreateContainerError',
  'CreateContainerConfigError',
  'RunContainerError',
]);
/** A container that restarts over and over is Running in between. */
const RESTARTS = 3;
const RECENT_MINUTES = 10;
/** A shorter run lies between two recent starts, even in a pod that is weeks old, because control planes move without their pods. */
const SHORT_MINUTES = 20;
/** A container that restarts more often than this over all of its life counts as restarting, however long each run is: memory may fill slowly. */
const OFTEN_MINUTES = 60;
/** Where nodes come and go, as with Karpenter and Auto Mode after each hop, some pod is always just starting. */
const STARTING_MINUTES = 5;

function notePod(seen: SeenObject, { pods, selectable, now }: ClusterObservation): void {
  const { metadata, status, namespace } = seen;
  const owner = controllerOf(seen);
  const identity = owner ?? `Pod ${namespace}/${seen.name}`;
  const hasEnded = status.phase === 'Succeeded' || status.phase === 'Failed';
  if (!WORKLOAD.test(identity)) noteSelectable(seen, identity, hasEnded, selectable);
  // Jobs are looked at directly, because their pods come and go under new names.
  if (owner !== undefined && isJob(owner)) return;
  const created = owner === undefined ? textOf(metadata.creationTimestamp) : undefined;
  const known = pods.get(identity) ?? {
    ...{ count: 0, ill: 0, starting: 0, pending: 0, said: '', isOfTeam: false },
    ...given({ writtenAt: created }),
  };
  pods.set(identity, known);
  known.count += 1;
  known.isOfTeam ||= namespace !== SYSTEM && !hasEnded;
  const age = now.getTime() - Date.parse(textOf(metadata.creationTimestamp) ?? '');
  const trouble = troubleOf(status, age, now);
  const isReady = mappingsOf(status.conditions).some((one) => one.type === 'Ready' && one.status === 'True');
  const isYoung = !isReady && age < STARTING_MINUTES * 60_000;
  const isStarting = isYoung && !hasEnded && (trouble ?? 'Pending') === 'Pending';
  if (isStarting) known.starting += 1;
  // The kubelet refuses some pods at once (SysctlForbidden), and each is created again. Such a pod is always young and never starts.
  if (isYoung && status.phase === 'Failed') known.starting -= 1;
  if (trouble === undefined) return;
  known.ill += 1;
  if (isStarting) known.pending += 1;
  known.said ||= trouble;
}

const WORKLOAD = /^(Deployment|StatefulSet|DaemonSet) /;

function noteSelectable(
  { namespace, metadata, spec }: SeenObject,
  owner: string,
  hasEnded: boolean,
  selectable: ClusterObservation['selectable'],
): void {
  const labels = mappingOf(metadata.labels);
  const inNamespace = selectable.get(namespace) ?? new Map<string, Selectable>();
  selectable.set(namespace, inNamespace);
  const key = `${owner} ${JSON.stringify(labels)}`;
  const alike = inNamespace.get(key) ?? { owner, labels, live: 0 };
  inNamespace.set(key, alike);
  // A pod that is always to run has no end of its own: its node has ended it.
  if (!hasEnded || spec.restartPolicy === 'Always') alike.live += 1;
}

const isJob = (owner: string): boolean => owner.startsWith('Job ');

/** Why a pod does not run as it should; undefined where it does, or has ended. */
function troubleOf(status: Mapping, age: number, now: Date): string | undefined {
  const containers = [...mappingsOf(status.initContainerStatuses), ...mappingsOf(status.containerStatuses)];
  for (const { state, lastState, restartCount } of containers) {
    const waiting = textOf(mappingOf(mappingOf(state).waiting).reason);
    if (waiting !== undefined && FAILING.has(waiting)) return waiting;
    const { startedAt, finishedAt } = mappingOf(mappingOf(lastState).terminated);
    const ended = Date.parse(textOf(finishedAt) ?? '');
    // The kubelet counts restarts as long as the pod lives. A container that ran for long before it ended has not restarted over and over recently.
    const ranLong = ended - Date.parse(textOf(startedAt) ?? '') >= SHORT_MINUTES * 60_000;
    const restarts = numberOf(restartCount) ?? 0;
    const isRecent = now.getTime() - ended < RECENT_MINUTES * 60_000;
    const isSeldom = ranLong && !(age < restarts * OFTEN_MINUTES * 60_000);
    if (isRecent && !isSeldom && restarts >= RESTARTS) return 'restarting';
  }
  return status.phase === 'Pending' ? 'Pending' : undefined;
}

/** The ReplicaSet of a Deployment has the Deployment's name and the hash of its template. */
function controllerOf({ namespace, metadata }: SeenObject): string | undefined {
  const owner = mappingsOf(metadata.ownerReferences).find(({ controller }) => controller === true);
  if (owner === undefined) return undefined;
  const [kind = '', name = ''] = [textOf(owner.kind), textOf(owner.name)];
  const hash = textOf(mappingOf(metadata.labels)['pod-template-hash']);
  const ofDeployment = kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`);
  return ofDeployment ? `Deployment ${namespace}/${name.slice(0, -hash.length - 1)}` : `${kind} ${namespace}/${name}`;
}

/** For a CronJob the last run that has ended counts, and for a test of the policy all that have ended. */
function noteJob({ namespace, name, metadata, status }: SeenObject, { jobs, tests, testJobs }: ClusterObservation) {
  const ended = mappingsOf(status.conditions).find(
    ({ type, status: held }) => (type === 'Failed' || type === 'Complete') && held === 'True',
  );
  const cronJob = mappingsOf(metadata.ownerReferences).find(({ kind }) => kind === 'CronJob');
  const identity = cronJob === undefined ? `Job ${namespace}/${name}` : `CronJob ${namespace}/${textOf(cronJob.name)}`;
  const endedAt = textOf(ended?.lastTransitionTime) ?? '';
  const hasFailed = ended?.type === 'Failed';
  const said = hasFailed ? `${name} failed: ${textOf(ended?.reason) ?? 'no reason given'}` : 'well';
  const is: Unwell | undefined = hasFailed ? 'down' : undefined;
  const writtenAt = cronJob === undefined ? textOf(metadata.creationTimestamp) : undefined;
  const begunAt = textOf(metadata.creationTimestamp) ?? '';
  const job = { identity, said, begunAt, endedAt, ...ownerOf(metadata), ...given({ is }) };
  const labels = mappingOf(metadata.labels);
  const isOf = (test: TestJobs): boolean => namespace === test.namespace && carries(labels, test.labels);
  const ofTests = tests.filter(isOf);
  if (ofTests.length === 0) keepLast(jobs, identity, { ...job, ...given({ writtenAt }) });
  for (const test of ended === undefined ? [] : ofTests) {
    const isEarly = test.begunAfter !== undefined && !(Date.parse(begunAt) > test.begunAfter.instant.getTime());
    // Each run is an object of its own, so none of them is as old as the baseline.
    if (!isEarly) testJobs.get(test.name)?.push({ ...job, identity: testOf(test) });
  }
}

const runOrder = ({ begunAt, endedAt }: ObservedJob): string => `${begunAt} ${endedAt}`;
const testOf = ({ namespace, name }: TestJobs): string => `Jobs ${namespace}/${name}`;

function keepLast(jobs: Map<string, ObservedJob>, key: string, job: ObservedJob): void {
  if ((jobs.get(key)?.endedAt ?? '') <= job.endedAt) jobs.set(key, job);
}

/** A test that has never run proves nothing later either, so before a hop it counts like one that fails. */
function observedTest(test: TestJobs, { testJobs }: ClusterObservation): Observed {
  const { begunAfter } = test;
  const jobs = (testJobs.get(test.name) ?? []).toSorted((one, other) => (runOrder(one) < runOrder(other) ? -1 : 1));
  const last = jobs.at(-1);
  if (last !== undefined) {
    const runs = jobs.map(({ begunAt, is }) => ({ begunAt, hasFailed: is !== undefined }));
    const awaitedUntil = last.is && begunAfter?.awaitedUntil.toISOString();
    return { ...last, runs, ...given({ awaitedUntil }) };
  }
  if (begunAfter === undefined) return { identity: testOf(test), is: 'down', said: 'none has ended' };
  const [since, awaitedUntil] = [begunAfter.instant.toISOString(), begunAfter.awaitedUntil.toISOString()];
  return { identity: testOf(test), said: `none that began after ${since} has ended`, awaitedUntil };
}

function noteService({ namespace, name, metadata, spec }: SeenObject, { services }: ClusterObservation): void {
  const selector = mappingOf(spec.selector);
  // Without a selector only its owner knows what is behind it.
  if (Object.keys(selector).length === 0 || spec.type === 'ExternalName') return;
  const writtenAt = namespace === SYSTEM ? undefined : lastWrittenAt(metadata);
  const service = { identity: `Service ${namespace}/${name}`, said: '', ...ownerOf(metadata), ...given({ writtenAt }) };
  const isOfTeam =
    namespace !== SYSTEM && mappingsOf(metadata.managedFields).every((one) => one.manager !== ADDON_MANAGER);
  services.push({ namespace, selector, isOfTeam, service });
}

function noteEndpoints({ namespace, metadata }: SeenObject, object: Mapping, { reachable }: ClusterObservation): void {
  const service = textOf(mappingOf(metadata.labels)['kubernetes.io/service-name']);
  // Absent counts as ready, as in the API.
  const isReady = mappingsOf(object.endpoints).some(({ conditions }) => mappingOf(conditions).ready !== false);
  if (service !== undefined && isReady) reachable.add(`${namespace}/${service}`);
}

/** The objects of each probe, once its lists were read. */
export const OBSERVED: Readonly<Record<ClusterProbe, (seen: ClusterObservation) => readonly Observed[]>> = {
  nodes: ({ nodes }) => nodes,
  workloads: ({ workloads, pods }) =>
    [...workloads.values()].map(({ desired, available, ...one }) => {
      const isStarting = one.is !== undefined && available + (pods.get(one.identity)?.starting ?? 0) >= desired;
      const isIdle = desired === 0 && one.namespace !== SYSTEM;
      return { ...one, ...(isStarting && { isStarting }), ...(isIdle && { isIdle }) };
    }),
  pods: ({ pods, workloads }) =>
    [...pods].map(([identity, own]) => observedPods(identity, own, workloads.get(identity))),
  services: (seen) => seen.services.map((one) => observedService(one, seen)),
  jobs: ({ jobs }) => [...jobs.values()],
  'test-jobs': (seen) => seen.tests.map((test) => observedTest(test, seen)),
};

/** Pods belong to their workload, and a change of it changes them. Other owners of pods (a TaskRun, a ReplicaSet of Argo Rollouts) are not read. */
function observedPods(
  identity: string,
  { count, ill, pending, ...pods }: PodsOfOne,
  workload: Workload | undefined,
): Observed {
  const is = ill === 0 ? undefined : ill === count ? 'down' : 'degraded';
  const writtenAt = workload?.writtenAt ?? pods.writtenAt;
  const said = ill === 0 ? 'running' : `${ill} of ${count} pods ${pods.said}`;
  const isUndated = workload === undefined && writtenAt === undefined && pods.isOfTeam;
  const isStarting = ill > 0 && ill === pending;
  return {
    ...{ identity, said, ...given({ is, owner: workload?.owner, writtenAt }) },
    ...(isUndated && { isUndated }),
    ...(isStarting && { isStarting }),
  };
}

/** A Service is as old as the workloads behind it, and needs no endpoints where somebody wants no pods. */
function observedService(
  { namespace, selector, isOfTeam, service }: ClusterObservation['services'][number],
  { workloads, reachable, selectable }: ClusterObservation,
): Observed {
  const behind = [...workloads.values()].filter((one) => one.namespace === namespace && carries(one.labels, selector));
  // A Service whose workloads were deleted has lost them, while a Service for pods of an operator has not.
  const isUndated = behind.length === 0 && isOfTeam;
  const seen = { ...service, ...(isUndated && { isUndated }) };
  const pods = isUndated
    ? [...(selectable.get(namespace)?.values() ?? [])].filter(({ labels }) => carries(labels, selector))
    : [];
  // The pods of Jobs, and of a driver or a step that runs once, end when their work is done, and the Service stays without endpoints.
  const isOfRuns = pods.length > 0 && pods.every(({ owner, live }) => isJob(owner) || live === 0);
  const isIdle = isOfRuns && { isIdle: true };
  if (reachable.has(service.identity.replace('Service ', '')))
    return { ...seen, said: 'has ready endpoints', ...isIdle };
  if (isOfRuns && pods.every(({ live }) => live === 0)) return { ...seen, said: 'its pods have ended', ...isIdle };
  if (behind.length > 0 && behind.every(({ desired }) => desired === 0))
    return { ...service, said: 'wants no pods', ...(namespace !== SYSTEM && { isIdle: true }) };
  const [writtenAt] = [service, ...behind]
    .flatMap((one) => one.writtenAt ?? [])
    .sort()
    .reverse();
  return { ...seen, is: 'down', said: 'no ready endpoint', ...given({ writtenAt }) };
}

/**
 * EKS writes the objects of its add-ons under this name, in any namespace:
 * https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-field-management.html
 */
const ADDON_MANAGER = 'eks';

/** The field manager of EKS's add-ons: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-field-management.html */
function lastWrittenAt({ creationTimestamp, managedFields }: Mapping): string | undefined {
  const writes = mappingsOf(managedFields).flatMap(({ manager, time, subresource, fieldsV1 }) => {
    const fields = mappingOf(fieldsV1);
    const spec = mappingOf(fields['f:spec']);
    const isOfSpec = 'f:template' in spec || 'f:selector' in spec || Object.keys(fields).length === 0;
    return subresource === undefined && manager !== ADDON_MANAGER && isOfSpec ? (textOf(time) ?? []) : [];
  });
  return [textOf(creationTimestamp) ?? [], writes].flat().sort().at(-1);
}

const carries = (labels: Mapping, wanted: Mapping): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);
const ownerOf = (metadata: Mapping) => given({ owner: ownershipOf(metadata).owner });
