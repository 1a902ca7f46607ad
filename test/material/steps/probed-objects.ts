import { LISTS, type ListName } from '../../../core/probes/observe-cluster.ts';

/** What a test says of a cluster's objects, as an API server lists them; a number is the status that a list is refused with. */
export type ProbedObjects = Readonly<Partial<Record<ListName, readonly object[] | number>>>;

/** By the paths that probes ask for; what is not given is empty. */
export const probedObjects = (given: ProbedObjects = {}): Record<string, object | number> =>
  Object.fromEntries(
    Object.entries(LISTS).map(([list, path]) => {
      const items = given[list as ListName] ?? [];
      return [`${path}?limit=500`, typeof items === 'number' ? items : { kind: 'List', metadata: {}, items }];
    }),
  );

/** Long before any baseline of a test. */
export const LONG_AGO = '2026-01-01T00:00:00Z';

const metadataOf = (path: string, more: object = {}) => {
  const [namespace, name] = path.includes('/') ? path.split('/') : [undefined, path];
  return { ...(namespace !== undefined && { namespace }), name, creationTimestamp: LONG_AGO, ...more };
};

/** `path`: `namespace/name`. */
export const deploymentObject = (path: string, available: number, replicas = 2, metadata: object = {}) => ({
  metadata: metadataOf(path, metadata),
  spec: { replicas, template: { metadata: { labels: { app: path.split('/')[1] } } } },
  status: { availableReplicas: available },
});

export const daemonSetObject = (path: string, available: number, desired = 2) => ({
  metadata: metadataOf(path),
  spec: {},
  status: { desiredNumberScheduled: desired, numberAvailable: available },
});

/** Of a Deployment, unless `owner` is `undefined`. */
export const podObject = (
  path: string,
  owner: string | undefined,
  more: { phase?: string; waiting?: string } = {},
) => ({
  metadata: metadataOf(path, {
    labels: { 'pod-template-hash': '5f' },
    ...(owner !== undefined && { ownerReferences: [{ kind: 'ReplicaSet', name: `${owner}-5f`, controller: true }] }),
  }),
  status: {
    phase: more.phase ?? 'Running',
    containerStatuses: [
      { state: more.waiting === undefined ? { running: {} } : { waiting: { reason: more.waiting } } },
    ],
  },
});

export const nodeObject = (name: string, conditions: Readonly<Record<string, boolean>> = { Ready: true }) => ({
  metadata: metadataOf(name),
  status: {
    conditions: Object.entries(conditions).map(([type, holds]) => ({ type, status: holds ? 'True' : 'False' })),
  },
});
