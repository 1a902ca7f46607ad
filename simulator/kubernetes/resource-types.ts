/** One kind of objects that the API server keeps, as discovery tells of it. */
export interface ResourceType {
  /** `pods` */
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** What can be asked of it here; `create` only with `dryRun=All`. */
  readonly verbs: readonly string[];
}

const reads = ['get', 'list', 'watch'];
const all = ['all'];

/** Everything that is served, in the order in which discovery lists it. */
export const resourceTypes: readonly ResourceType[] = [
  type('', 'namespaces', 'Namespace', { namespaced: false, shortNames: ['ns'], verbs: ['create', ...reads] }),
  type('', 'nodes', 'Node', { namespaced: false, shortNames: ['no'], verbs: [...reads, 'patch'] }),
  type('', 'pods', 'Pod', { shortNames: ['po'], categories: all, verbs: ['create', 'delete', ...reads] }),
  type('apps', 'daemonsets', 'DaemonSet', { shortNames: ['ds'], categories: all }),
  type('apps', 'deployments', 'Deployment', { shortNames: ['deploy'], categories: all }),
  type('apps', 'replicasets', 'ReplicaSet', { shortNames: ['rs'], categories: all }),
  type('apps', 'statefulsets', 'StatefulSet', { shortNames: ['sts'], categories: all }),
  type('policy', 'poddisruptionbudgets', 'PodDisruptionBudget', { shortNames: ['pdb'] }),
];

/** `v1`, `apps/v1`. */
export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `pods`, `deployments.apps`: as messages of the API server name a resource. */
export function qualifiedName({ group, resource }: { readonly group: string; readonly resource: string }): string {
  return group === '' ? resource : `${resource}.${group}`;
}

function type(group: string, resource: string, kind: string, rest: Partial<ResourceType>): ResourceType {
  return {
    group,
    version: 'v1',
    resource,
    singular: kind.toLowerCase(),
    kind,
    namespaced: true,
    shortNames: [],
    categories: [],
    verbs: ['create', ...reads],
    ...rest,
  };
}
