/** A rule of a ClusterRole. `*` stands for all. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  /** Any name when absent or empty. */
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** Rules with the namespaces where they apply; without namespaces they apply in all, and at the cluster scope. */
export interface GrantedRules {
  readonly rules: readonly PolicyRule[];
  readonly namespaces?: readonly string[];
}

const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const rule = (apiGroups: string, resources: readonly string[], verbs: readonly string[]): PolicyRule => ({
  verbs,
  apiGroups: [apiGroups],
  resources,
});

const view: readonly PolicyRule[] = [
  rule('', ['namespaces', 'pods', 'pods/log', 'pods/status', 'configmaps', 'services', 'endpoints', 'events'], read),
  rule('apps', ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'], read),
  rule('batch', ['cronjobs', 'jobs'], read),
  rule('policy', ['poddisruptionbudgets', 'poddisruptionbudgets/status'], read),
];

const edit: readonly PolicyRule[] = [
  ...view,
  rule('', ['secrets', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'], read),
  rule('', ['pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'], write),
  rule('', ['configmaps', 'events', 'secrets', 'serviceaccounts', 'services'], write),
  rule('apps', ['daemonsets', 'deployments', 'deployments/scale', 'replicasets', 'statefulsets'], write),
  rule('policy', ['poddisruptionbudgets'], write),
];

/**
 * EKS's own access policies by name, for the resources that a test or a user requests here. Only AmazonEKSClusterAdminPolicy allows a caller to evict
 * pods, change nodes or read `/metrics` (facts: eks.md §10.1; EKS user guide, access-policy-permissions).
 */
export const accessPolicies: Readonly<Record<string, readonly PolicyRule[]>> = {
  AmazonEKSClusterAdminPolicy: [rule('*', ['*'], ['*']), { verbs: ['*'], nonResourceURLs: ['*'] }],
  AmazonEKSAdminPolicy: [
    ...edit,
    rule('authorization.k8s.io', ['localsubjectaccessreviews'], ['create']),
    rule('rbac.authorization.k8s.io', ['rolebindings', 'roles'], [...read, ...write]),
  ],
  AmazonEKSAdminViewPolicy: [rule('*', ['*'], read)],
  AmazonEKSEditPolicy: edit,
  AmazonEKSViewPolicy: view,
  AmazonEKSSecretReaderPolicy: [rule('', ['secrets'], read)],
};

/**
 * The rules of an access entry's group that no binding names. The cluster's owner defines its ClusterRole; a state without it stands for the one that
 * upgrades need, with reads of everything (facts: eks.md §10.1).
 */
export const groupRules: readonly PolicyRule[] = [rule('*', ['*'], read), { verbs: ['get'], nonResourceURLs: ['*'] }];

/** The same for the group that drains nodes: the rules of `liftlock access manifest --tier operate`. */
export const operatorRules: readonly PolicyRule[] = [
  rule('', ['nodes'], ['get', 'list', 'patch']),
  rule('', ['pods'], ['list']),
  rule('', ['pods/eviction'], ['create']),
];

/** The same for the group that runs Jobs of hooks, by `--tier hooks`, where its namespace is not known. */
export const hookRules: readonly PolicyRule[] = [
  rule('batch', ['jobs'], ['get', 'create', 'delete']),
  rule('', ['pods'], ['list']),
];

/** `system:basic-user`, `system:discovery` and `system:public-info-viewer`, which every authenticated caller has. */
export const authenticatedRules: readonly PolicyRule[] = [
  rule('authorization.k8s.io', ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
  rule('authentication.k8s.io', ['selfsubjectreviews'], ['create']),
  {
    verbs: ['get'],
    nonResourceURLs: [
      ...['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', '/version', '/version/'],
      ...['/healthz', '/livez', '/readyz'],
    ],
  },
];

/** `system:public-info-viewer`, which callers without a token have too. */
export const anonymousRules: readonly PolicyRule[] = [
  { verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'] },
];
