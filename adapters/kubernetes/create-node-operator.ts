import type { V1Node, V1Pod, V1Status } from '@kubernetes/client-node';
import { batchesOf } from '../../core/model/batches.ts';
import { CORDON_MARK, cordonerOf } from '../../core/model/cordoner.ts';
import { given } from '../../core/model/given.ts';
import { parseJson } from '../../core/model/parse-json.ts';
import type { ReadAnswer } from '../../core/ports/cluster-reader.ts';
import type {
  CordonMark,
  DrainNode,
  DrainPod,
  EvictionAnswer,
  NodeAnswer,
  NodeOperator,
  NodeOperators,
  NodeVersion,
  PodUid,
} from '../../core/ports/node-operator.ts';
import type { ClusterCredentials } from './cluster-token.ts';
import { messageOf, objectOf, readList, statusError } from './create-cluster-access.ts';
import type { Change } from './reader/https-reader.ts';
import { openReader } from './reader/open-reader.ts';

/** Calls to one API server. */
export interface ServerCalls {
  get(request: { readonly path: string }): Promise<ReadAnswer>;
  /** Sends the change once. */
  change(change: Change): Promise<ReadAnswer>;
  close(): void;
}

/** The value of our taints: a taint with the same key and another value is somebody else's. */
const TAINT_VALUE = 'liftlock';
const TIMEOUT_MILLISECONDS = 8_000;
/** The pods of so many nodes are asked for at once, since an API server may be a quarter of a second away. */
const MOST_CONNECTIONS = 10;
const MERGE_PATCH = 'application/merge-patch+json';

/** Changes nodes and pods with the role of the credentials. Every change carries a precondition that refuses it where somebody has written meanwhile. */
export const createNodeOperators = (options: ClusterCredentials): NodeOperators => ({
  open: (server) =>
    nodeOperatorOver(
      openReader(server, options, {
        ...{ timeoutMilliseconds: TIMEOUT_MILLISECONDS, userAgent: 'liftlock-operate' },
        connections: MOST_CONNECTIONS,
      }),
    ),
});

/** The same over any way to reach an API server. */
export const nodeOperatorOver = (calls: ServerCalls): NodeOperator => ({
  listNodes: () => readList<V1Node, DrainNode>(calls, '/api/v1/nodes', (node) => [toDrainNode(node)]),
  listPodsOf: (nodeNames) => listPodsOf(calls, nodeNames),
  cordon: (node, mark) => cordon(calls, node, mark),
  uncordon: (node, mark) => uncordon(calls, node, mark),
  evict: (pod) => evict(calls, pod),
  close: () => calls.close(),
});

/** The list of all pods of a large cluster takes longer than an invocation may, so each node is asked for its own, however many there are. */
async function listPodsOf(calls: ServerCalls, nodeNames: readonly string[]): Promise<Map<string, DrainPod[]>> {
  const found: [string, DrainPod[]][] = [];
  const podsOf = async (name: string): Promise<[string, DrainPod[]]> => {
    const path = `/api/v1/pods?${new URLSearchParams({ fieldSelector: `spec.nodeName=${name}` })}`;
    // A pod with a scheduling gate is kept from the scheduler by whoever put the gate there, so it does not count.
    const take = (pod: V1Pod) => (pod.spec?.schedulingGates?.length ? [] : [toDrainPod(pod)]);
    return [name, await readList(calls, path, take)];
  };
  for (const some of batchesOf(nodeNames, MOST_CONNECTIONS)) found.push(...(await Promise.all(some.map(podsOf))));
  return new Map(found);
}

async function cordon(calls: ServerCalls, node: NodeVersion, { upgradeId, taint }: CordonMark): Promise<NodeAnswer> {
  const read = await readNode(calls, node);
  if (read === undefined) return 'gone';
  if (read.spec?.unschedulable === true) return cordonerOf(read.metadata) === upgradeId ? 'done' : 'notOurs';
  const taints = read.spec?.taints ?? [];
  const isThere = taints.some(({ key, effect }) => key === taint && effect === 'NoSchedule');
  const added =
    taint === undefined || isThere
      ? {}
      : { taints: [...taints, { key: taint, value: TAINT_VALUE, effect: 'NoSchedule' }] };
  return patchNode(calls, node, { [CORDON_MARK]: upgradeId }, { unschedulable: true, ...added });
}

async function uncordon(calls: ServerCalls, node: NodeVersion, { upgradeId, taint }: CordonMark): Promise<NodeAnswer> {
  const read = await readNode(calls, node);
  if (read === undefined) return 'gone';
  if (read.metadata?.annotations?.[CORDON_MARK] !== upgradeId) return 'notOurs';
  const taints = read.spec?.taints ?? [];
  const left = taints.filter(({ key, value }) => key !== taint || value !== TAINT_VALUE);
  const taken = left.length === taints.length ? {} : { taints: left };
  const isOurs = cordonerOf(read.metadata) === upgradeId;
  const opened = isOurs ? { unschedulable: null } : {};
  const answer = await patchNode(calls, node, { [CORDON_MARK]: null }, { ...opened, ...taken });
  return answer === 'done' && !isOurs ? 'notOurs' : answer;
}

/** The node as it is now; undefined where there is no node with that uid. */
async function readNode(calls: ServerCalls, { name, uid }: NodeVersion): Promise<V1Node | undefined> {
  const answer = await calls.get({ path: nodePath(name) });
  if (answer.status === 404) return undefined;
  const node = objectOf<V1Node>(answer);
  return node.metadata?.uid === uid ? node : undefined;
}

/** Patches a node. A merge patch replaces arrays, and theirs were read at exactly the version that the patch demands. */
async function patchNode(
  calls: ServerCalls,
  { name, uid, resourceVersion }: NodeVersion,
  annotations: Readonly<Record<string, string | null>>,
  spec: object,
): Promise<NodeAnswer> {
  const body = { metadata: { uid, resourceVersion, annotations }, spec };
  const { status, text } = await calls.change({
    method: 'PATCH',
    path: nodePath(name),
    contentType: MERGE_PATCH,
    body,
  });
  if (status === 200) return 'done';
  if (status === 404) return 'gone';
  if (status === 409) return 'changed';
  throw statusError(status, messageOf(text));
}

const nodePath = (name: string): string => `/api/v1/nodes/${encodeURIComponent(name)}`;

/** Evicts a pod. No grace period is sent, so the pod's own holds. */
async function evict(calls: ServerCalls, { namespace, name, uid }: PodUid): Promise<EvictionAnswer> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/eviction`;
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { namespace, name },
    deleteOptions: { preconditions: { uid } },
  };
  return readEviction(await calls.change({ method: 'POST', path, contentType: 'application/json', body }));
}

/** What the answer to an eviction means (facts: nodes.md §1.1); fails where the answer says nothing about the pod. */
function readEviction({ status, text, retryAfterSeconds }: ReadAnswer): EvictionAnswer {
  if (status === 200 || status === 201) return { type: 'accepted' };
  const said = messageOf(text);
  if (status === 404) return { type: 'gone' };
  const { details } = (parseJson(text) ?? {}) as V1Status;
  const causes = details?.causes ?? [];
  const seconds = details?.retryAfterSeconds ?? retryAfterSeconds ?? 0;
  // Either the pod has another uid, or somebody has written it again and again while the API server tried.
  if (status === 409 && text.includes('UID in precondition')) return { type: 'gone' };
  if (status === 409) return { type: 'busy', retryAfterSeconds: seconds, message: said };
  // A webhook may answer with any status, and its refusal is about this pod.
  if (status === 429 && !said.startsWith('admission webhook ')) {
    const cause = causes.find(({ reason }) => reason === 'DisruptionBudget');
    // A budget without room names no time; one that its controller has not worked on does, and may never get through (`SyncFailed`).
    const type = cause === undefined ? 'busy' : 'budget';
    // Priority and fairness answer in plain text.
    return { type, retryAfterSeconds: seconds, message: cause?.message ?? (said || 'too many requests') };
  }
  if (status === 500 && said.includes('more than one PodDisruptionBudget'))
    return { type: 'severalBudgets', message: said };
  if (status === 403 && causes.some(({ reason }) => reason === 'NamespaceTerminating'))
    return { type: 'namespaceTerminating' };
  // A 403 that does not mention RBAC is about this pod: its budget is out of order, or a webhook refuses.
  if (status === 403 && said.includes('cannot create resource "pods/eviction"')) throw statusError(status, said);
  // What a webhook that does not answer is asked about need not be all pods; those of others are asked to go all the same.
  if (status === 500 && said.includes('failed calling webhook')) return { type: 'refused', status, message: said };
  if (status === 401 || status >= 500) throw statusError(status, said);
  return { type: 'refused', status, message: said };
}

function toDrainNode({ metadata, spec, status }: V1Node): DrainNode {
  const taints = (spec?.taints ?? []).filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
  return {
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    resourceVersion: metadata?.resourceVersion ?? '',
    labels: metadata?.labels ?? {},
    ready: status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false,
    unschedulable: spec?.unschedulable ?? false,
    terminating: metadata?.deletionTimestamp !== undefined,
    taints: taints.map(({ key }) => key),
    ...given({ providerId: spec?.providerID, cordonedBy: cordonerOf(metadata) }),
  };
}

function toDrainPod({ metadata, spec, status }: V1Pod): DrainPod {
  const graceSeconds = metadata?.deletionGracePeriodSeconds ?? spec?.terminationGracePeriodSeconds ?? 30;
  const deletedAt = metadata?.deletionTimestamp;
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    labels: metadata?.labels ?? {},
    phase: status?.phase ?? 'Unknown',
    graceSeconds,
    createdAt: String(metadata?.creationTimestamp ?? ''),
    isMirror: metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined,
    emptyDirs: (spec?.volumes ?? []).flatMap(({ name, emptyDir }) => (emptyDir === undefined ? [] : [name])),
    ...controllerOf(metadata),
    // The deletion time includes the grace period, which the API server has added.
    ...(deletedAt === undefined
      ? {}
      : { terminatingSince: new Date(new Date(deletedAt).getTime() - graceSeconds * 1000).toISOString() }),
  };
}

/**
 * The controller of a pod. A Deployment's ReplicaSet changes with each template, so the Deployment's name is taken from it, without the hash of the
 * template.
 */
function controllerOf(metadata: V1Pod['metadata']): Pick<DrainPod, 'controller'> {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return {};
  const { 'pod-template-hash': hash } = metadata?.labels ?? {};
  const ofDeployment = owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`);
  return {
    controller: ofDeployment ? `Deployment/${owner.name.slice(0, -hash.length - 1)}` : `${owner.kind}/${owner.name}`,
  };
}
