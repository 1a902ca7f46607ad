import { sha256Hex } from '../../hash/canonical-json.ts';
import { cordonerOf } from '../../model/cordoner.ts';
import { given } from '../../model/given.ts';
import { managedGroup, nodeOwner } from '../../model/node-owner.ts';
import { type LabelSelector, labelOperators } from '../../selector/label-selector.ts';
import {
  labelsOf,
  type Mapping,
  mappingOf,
  mappingsOf,
  numberOf,
  textOf,
  textsOf,
} from '../manifest/manifest-object.ts';
import type { LiveObject } from '../observe/live-object.ts';
import { ownershipOf } from '../owner/owner.ts';
import type {
  DrainBudget,
  DrainFacts,
  DrainNode,
  DrainPod,
  NodeRequirement,
  NodeTerm,
  PodShape,
  Taint,
  Toleration,
} from './drain-facts.ts';
import { mayOutlastDrain, selects } from './simulate-drain.ts';

export const BUDGETS = 'policy/poddisruptionbudgets';

/**
 * Notes what one object of the cluster says about drains.
 * @param known the facts from the lists that were read before this one
 */
export function noteDrainFacts(object: LiveObject, facts: DrainFacts, known = facts): void {
  const { resource, name = '', namespace = '', value, metadata } = object;
  const [spec, status] = [mappingOf(value.spec), mappingOf(value.status)];
  const noteOwner = () => {
    const { owner } = ownershipOf(metadata);
    if (owner !== undefined) facts.owners[`${resource.kind}/${namespace}/${name}`] = owner;
  };
  const noteReplicas = () => {
    noteOwner();
    facts.replicas[`${resource.kind}/${namespace}/${name}`] = numberOf(spec.replicas) ?? 1;
  };
  switch (`${resource.group}/${resource.resource}`) {
    case '/nodes':
      facts.nodes.push(nodeOf(name, metadata, spec, status));
      break;
    case '/pods':
      notePod(facts, known, { name, namespace, metadata, spec, status });
      break;
    case '/namespaces':
      noteOwner();
      if (metadata.deletionTimestamp !== undefined) facts.endingNamespaces.push(name);
      break;
    case '/persistentvolumes':
      facts.volumes.nodes[name] = volumeTerms(metadata, spec);
      break;
    case '/persistentvolumeclaims': {
      const volume = textOf(spec.volumeName);
      if (volume !== undefined) facts.volumes.claims[`${namespace}/${name}`] = volume;
      break;
    }
    case BUDGETS:
      facts.budgets.push(budgetOf(namespace, name, metadata, spec, status));
      break;
    case 'apps/replicasets':
      noteReplicaSet(facts, { name, namespace, metadata, spec });
      break;
    case 'apps/deployments':
      if (spec.paused === true) facts.paused.push(`${namespace}/${name}`);
      noteReplicas();
      break;
    case 'apps/statefulsets':
    case '/replicationcontrollers':
      noteReplicas();
  }
}

/** A ReplicaSet of a Deployment counts with the replicas of the Deployment, not its own. */
function noteReplicaSet(facts: DrainFacts, { name, namespace, metadata, spec }: Omit<SeenObject, 'status'>): void {
  const controller = controllerOf(metadata);
  const hash = labelsOf(metadata.labels)['pod-template-hash'];
  const isOfDeployment = controller?.kind === 'Deployment' && /^(apps|extensions)\//.test(controller.apiVersion);
  if (!isOfDeployment) facts.replicas[`ReplicaSet/${namespace}/${name}`] = numberOf(spec.replicas) ?? 1;
  else if (name !== `${controller.name}-${hash}`) facts.deployments[`${namespace}/${name}`] = controller.name;
}

/** The conditions of a node that is short of something. */
export const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];

function nodeOf(name: string, metadata: Mapping, spec: Mapping, status: Mapping): DrainNode {
  const labels = labelsOf(metadata.labels);
  const allocatable = mappingOf(status.allocatable);
  const pressures = PRESSURES.filter((type) => conditionOf(status, type) === 'True');
  return {
    name,
    ...given({ nodegroup: managedGroup(nodeOwner(labels, textOf(spec.providerID))) }),
    labels,
    taints: mappingsOf(spec.taints).map((taint): Taint => {
      return { key: textOf(taint.key) ?? '', value: textOf(taint.value) ?? '', effect: textOf(taint.effect) ?? '' };
    }),
    ready: conditionOf(status, 'Ready') === 'True',
    unschedulable: spec.unschedulable === true,
    ...given({ cordonedBy: cordonerOf(metadata) }),
    ...(pressures.length === 0 ? {} : { pressures }),
    ...given({ cpu: millicoresOf(allocatable.cpu), memory: quantityOf(allocatable.memory) }),
  };
}

/** An object of the cluster, with the parts that were read. */
export interface SeenObject {
  readonly name: string;
  readonly namespace: string;
  readonly metadata: Mapping;
  readonly spec: Mapping;
  readonly status: Mapping;
}

function notePod(facts: DrainFacts, known: DrainFacts, pod: SeenObject): void {
  const { name, metadata, spec, status } = pod;
  const controller = controllerOf(metadata);
  const shape = shapeOf(pod, controller);
  // The key is a hash of the content, so that pages which are read separately give the same key.
  const key = sha256Hex(JSON.stringify(shape)).slice(0, 16);
  const finalizers = textsOf(metadata.finalizers);
  const ready = conditionOf(status, 'Ready') === 'True';
  const noted: DrainPod = {
    name,
    shape: key,
    ...given({ node: textOf(spec.nodeName), terminatingSince: textOf(metadata.deletionTimestamp) }),
    phase: textOf(status.phase) ?? 'Unknown',
    ready,
    ...(ready ? {} : given({ createdAt: textOf(metadata.creationTimestamp) })),
    ...(finalizers.length === 0 ? {} : { finalizers }),
  };
  if (!mayHoldNode(known, key, shape, noted)) return;
  facts.shapes[key] ??= shape;
  facts.pods.push(noted);
}

/** Whether a budget selects pods of a shape, by the key of the shape. */
const guardedShapes = new WeakMap<DrainFacts, Map<string, boolean>>();

/** Before the budgets are read, every pod may block a drain. */
function mayHoldNode(known: DrainFacts, key: string, shape: PodShape, pod: DrainPod): boolean {
  const isOdd = shape.controller === undefined || pod.terminatingSince !== undefined || pod.finalizers !== undefined;
  if (isOdd || mayOutlastDrain(shape) || !known.read.includes(BUDGETS)) return true;
  const shapes = guardedShapes.get(known) ?? new Map<string, boolean>();
  guardedShapes.set(known, shapes);
  const isGuarded = shapes.get(key) ?? known.budgets.some((budget) => selects(budget, shape));
  shapes.set(key, isGuarded);
  return isGuarded;
}

function shapeOf({ namespace, metadata, spec }: SeenObject, controller: PodShape['controller']): PodShape {
  const volumes = mappingsOf(spec.volumes);
  const containers = mappingsOf(spec.containers);
  const requested = (name: string) => containers.map(({ resources }) => mappingOf(mappingOf(resources).requests)[name]);
  return {
    namespace,
    labels: labelsOf(metadata.labels),
    ...given({ controller }),
    graceSeconds: numberOf(spec.terminationGracePeriodSeconds) ?? 30,
    isMirror: mappingOf(metadata.annotations)['kubernetes.io/config.mirror'] !== undefined,
    terms: podTerms(spec),
    tolerations: mappingsOf(spec.tolerations).map(tolerationOf),
    claims: volumes.flatMap(({ persistentVolumeClaim }) => textOf(mappingOf(persistentVolumeClaim).claimName) ?? []),
    cpu: sum(requested('cpu').map((quantity) => millicoresOf(quantity) ?? 0)),
    memory: sum(requested('memory').map((quantity) => quantityOf(quantity) ?? 0)),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** Every term includes the nodeSelector. */
function podTerms(spec: Mapping): NodeTerm[] {
  const selector = Object.entries(labelsOf(spec.nodeSelector)).map(
    ([key, value]): NodeRequirement => ({ key, operator: 'In', values: [value] }),
  );
  const { requiredDuringSchedulingIgnoredDuringExecution: required } = mappingOf(mappingOf(spec.affinity).nodeAffinity);
  const terms = nodeTerms(mappingOf(required).nodeSelectorTerms);
  if (terms.length === 0) return selector.length === 0 ? [] : [selector];
  return terms.map((term) => [...selector, ...term]);
}

/** An empty term matches no node (k8s.io/component-helpers nodeaffinity), so it is left out. */
const nodeTerms = (value: unknown): NodeTerm[] =>
  mappingsOf(value)
    .map(({ matchExpressions, matchFields }) => [...mappingsOf(matchExpressions), ...mappingsOf(matchFields)])
    .filter((term) => term.length > 0)
    .map((term) => term.map(nodeRequirement));

const NODE_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const;

function nodeRequirement({ key, operator, values }: Mapping): NodeRequirement {
  return {
    key: textOf(key) ?? '',
    operator: NODE_OPERATORS.find((one) => one === operator) ?? 'In',
    values: Array.isArray(values) ? values.flatMap((one) => textOf(one) ?? '') : [],
  };
}

function tolerationOf({ key, operator, value, effect }: Mapping): Toleration {
  return {
    ...given({ key: textOf(key) }),
    operator: operator === 'Exists' ? 'Exists' : 'Equal',
    value: textOf(value) ?? '',
    ...given({ effect: textOf(effect) }),
  };
}

const ZONE = 'topology.kubernetes.io/zone';

/** Volumes of drivers that are older than node affinity have their zone in a label. */
function volumeTerms(metadata: Mapping, spec: Mapping): NodeTerm[] {
  const terms = nodeTerms(mappingOf(mappingOf(spec.nodeAffinity).required).nodeSelectorTerms);
  const labels = labelsOf(metadata.labels);
  const zone = labels[ZONE] ?? labels['failure-domain.beta.kubernetes.io/zone'];
  if (terms.length > 0 || zone === undefined) return terms;
  return [[{ key: ZONE, operator: 'In', values: zone.split('__') }]];
}

function budgetOf(namespace: string, name: string, metadata: Mapping, spec: Mapping, status: Mapping): DrainBudget {
  const { unhealthyPodEvictionPolicy: policy } = spec;
  const disrupted = labelsOf(status.disruptedPods);
  const isFresh = numberOf(status.observedGeneration) === numberOf(metadata.generation);
  return {
    namespace,
    name,
    ...given({ selector: selectorOf(spec.selector) }),
    ...given({ minAvailable: amountOf(spec.minAvailable), maxUnavailable: amountOf(spec.maxUnavailable) }),
    evictsUnhealthy:
      policy === undefined || policy === 'IfHealthyBudget'
        ? 'IfHealthyBudget'
        : policy === 'AlwaysAllow'
          ? policy
          : 'unknown',
    ...(isFresh && numberOf(status.expectedPods) !== undefined ? { status: statusOf(status) } : {}),
    ...(Object.keys(disrupted).length === 0 ? {} : { disrupted }),
    ...given(ownershipOf(metadata)),
  };
}

function statusOf(status: Mapping): NonNullable<DrainBudget['status']> {
  const condition = mappingsOf(status.conditions).find(({ type }) => type === 'DisruptionAllowed');
  return {
    expectedPods: numberOf(status.expectedPods) ?? 0,
    currentHealthy: numberOf(status.currentHealthy) ?? 0,
    desiredHealthy: numberOf(status.desiredHealthy) ?? 0,
    syncFailed: condition?.status === 'False' && condition.reason === 'SyncFailed',
  };
}

/**
 * In policy/v1 an empty selector matches every pod of the namespace. An absent selector matches none, and so does one that Liftlock does not
 * understand (facts: nodes.md §1.1).
 */
function selectorOf(value: unknown): LabelSelector | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { matchLabels, matchExpressions } = mappingOf(value);
  const all = mappingsOf(matchExpressions);
  const known = all.flatMap(({ key, operator: written, values }) => {
    const operator = labelOperators.find((one) => one === written);
    const texts = Array.isArray(values) ? values.flatMap((one) => (typeof one === 'string' ? one : [])) : [];
    const takesValues = operator === 'In' || operator === 'NotIn';
    if (operator === undefined || takesValues !== texts.length > 0 || !isLabelKey(key)) return [];
    return [{ key, operator, values: texts }];
  });
  return known.length < all.length ? undefined : { matchLabels: labelsOf(matchLabels), matchExpressions: known };
}

const isLabelKey = (key: unknown): key is string =>
  typeof key === 'string' &&
  /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/.test(key);

function amountOf(value: unknown): number | string | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function controllerOf({ ownerReferences }: Mapping): PodShape['controller'] {
  const owner = mappingsOf(ownerReferences).find(({ controller }) => controller === true);
  if (owner === undefined) return undefined;
  const { apiVersion, kind, name } = owner;
  return { apiVersion: textOf(apiVersion) ?? '', kind: textOf(kind) ?? '', name: textOf(name) ?? '' };
}

const conditionOf = (status: Mapping, type: string): string | undefined =>
  textOf(mappingsOf(status.conditions).find((condition) => condition.type === type)?.status);

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  m: 1e-3,
  u: 1e-6,
  n: 1e-9,
};

/** A Kubernetes quantity (`500m`, `1.5Gi`, `2e3`) as a number; undefined for any other text. */
function quantityOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const [, number = '', suffix = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([kMGTPmun]?i?)$/.exec(value) ?? [];
  const factor = FACTORS[suffix];
  return number === '' || factor === undefined ? undefined : Number(number) * factor;
}

function millicoresOf(value: unknown): number | undefined {
  const cores = quantityOf(value);
  return cores === undefined ? undefined : Math.round(cores * 1_000);
}
