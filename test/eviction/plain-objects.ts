/** An object as `kubectl get -o json` prints it. */
export interface PlainObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: PlainMetadata;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

export interface PlainMetadata {
  readonly name: string;
  /** Absent for kinds without a namespace. */
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly object[];
  readonly [member: string]: unknown;
}

/** The time at which all rows are judged. */
export const rowTime = '2026-11-20T08:00:00Z';

/** So many seconds before that time. */
export const secondsBefore = (seconds: number): string =>
  new Date(Date.parse(rowTime) - seconds * 1_000).toISOString().replace('.000', '');

const namespace = 'shop';
const labels = { app: 'api' };

interface PodOptions {
  readonly owner?: PlainObject;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** It has a `deletionTimestamp` and waits for its grace period. */
  readonly terminating?: true;
}

export function pod(name: string, options: PodOptions = {}): PlainObject {
  const { owner, ready = true, phase = 'Running', terminating } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name, namespace, uid: uidOf('Pod', name), labels: options.labels ?? labels },
      ...(owner === undefined ? {} : { ownerReferences: [controlledBy(owner)] }),
      ...(terminating === undefined ? {} : { deletionTimestamp: secondsBefore(5), deletionGracePeriodSeconds: 30 }),
    },
    spec: { nodeName: 'node-1', containers: [{ name: 'app', image: 'team/api:1' }] },
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

/** `count` pods called `<prefix>-0`, `<prefix>-1`, …, of which the first `ready` are Ready; all where it is left out. */
export function pods(prefix: string, count: number, options: Omit<PodOptions, 'ready'> & { ready?: number } = {}) {
  const { ready = count, ...rest } = options;
  return Array.from({ length: count }, (_, index) => pod(`${prefix}-${index}`, { ...rest, ready: index < ready }));
}

/** Whatever has `spec.replicas`; `apps/v1` unless it says otherwise. */
export function controller(kind: string, name: string, replicas: number, rest: Partial<PlainObject> = {}): PlainObject {
  return {
    apiVersion: kind === 'ReplicationController' ? 'v1' : 'apps/v1',
    kind,
    metadata: { name, namespace, uid: uidOf(kind, name) },
    spec: { replicas, selector: { matchLabels: labels } },
    ...rest,
  };
}

/** A controller that belongs to another one, as a ReplicaSet to its Deployment. */
export function ownedBy(owner: PlainObject, object: PlainObject, reference: object = {}): PlainObject {
  const ownerReferences = [{ ...controlledBy(owner), ...reference }];
  return { ...object, metadata: { ...object.metadata, ownerReferences } };
}

export function controlledBy({ apiVersion, kind, metadata: { name, uid } }: PlainObject) {
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** A Deployment with the one ReplicaSet that owns its pods. */
export function deployment(name: string, replicas: number): { deployment: PlainObject; replicaSet: PlainObject } {
  const made = controller('Deployment', name, replicas);
  return { deployment: made, replicaSet: ownedBy(made, controller('ReplicaSet', `${name}-7c5d`, replicas)) };
}

interface BudgetOptions {
  readonly name?: string;
  readonly apiVersion?: string;
  readonly selector?: object;
  readonly generation?: number;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** `spec` without its selector, which is that of all pods here unless it says otherwise. */
export function budget(spec: Readonly<Record<string, unknown>>, options: BudgetOptions = {}): PlainObject {
  const { name = 'api', apiVersion = 'policy/v1', selector = { matchLabels: labels }, generation, status } = options;
  return {
    apiVersion,
    kind: 'PodDisruptionBudget',
    metadata: {
      ...{ name, namespace, uid: uidOf('PodDisruptionBudget', name) },
      ...(generation === undefined ? {} : { generation }),
    },
    spec: { ...spec, selector },
    ...(status === undefined ? {} : { status }),
  };
}

/** The definition of a custom kind, `Widget` of `example.com`, with or without the scale subresource. */
export function widgetDefinition(subresources: object): PlainObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
      versions: [{ name: 'v1', served: true, storage: true, subresources }],
    },
  };
}

export const scaleSubresource = {
  scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
};

export const widget = (name: string, replicas: number): PlainObject =>
  controller('Widget', name, replicas, { apiVersion: 'example.com/v1' });

const uidOf = (kind: string, name: string): string => `uid-of-${kind}-${name}`;
