// It is apart from the schema, so that code which only builds or prints a report does not load zod.

/** The source of a finding. `--skip` takes the same values. */
export const SOURCES = {
  manifest: 'Files that people or tools apply: YAML, JSON, charts, embedded documents.',
  object:
    'Objects of the cluster: who last wrote them at which API version (managedFields, last-applied-configuration).',
  helm: 'Releases that Helm keeps in the cluster.',
  telemetry: 'What the API server counted: requests to deprecated APIs since it started.',
  insight: 'Upgrade insights of Amazon EKS: which client called which API in the last 30 days.',
  reference: 'What refers to APIs: CRDs, APIServices, webhooks, policies, RBAC rules, scale targets, owners.',
  node: 'Nodes: kubelet, kube-proxy, container runtime, operating system.',
  workload: 'Pod templates and other objects: fields, annotations, mounts, images of known controllers.',
  drain: 'Pods, their budgets, controllers and volumes: whether the nodes of managed groups can be drained.',
  capacity:
    'What EC2, IAM, KMS and Service Quotas tell: subnets and their free addresses, what new nodes are launched from, quotas of vCPUs, roles, the key of the secrets.',
  eks: 'What Amazon EKS tells of the cluster: status, health, node groups, versions that it offers.',
  server: 'What the API server tells of itself: readiness, workloads of kube-system.',
} as const;
export type Source = keyof typeof SOURCES;
/** Checks of the cluster itself before a hop. A waiver names one check of them, and no option skips the whole source. */
const PREFLIGHT_SOURCES = ['eks', 'server'] as const satisfies readonly Source[];
/** The sources of a scan of a cluster that may be skipped. */
export const LIVE_SOURCES = (Object.keys(SOURCES) as Source[]).filter(
  (source) => source !== 'manifest' && !PREFLIGHT_SOURCES.some((one) => one === source),
);

/**
 * Checks by which EKS itself refuses the hop, with the rest of Kubernetes' rule of versions: nothing waives them, since the hop would be refused
 * half-way all the same.
 */
const OF_EKS: readonly string[] = ['ClusterStatus', 'NotOneHop', 'NotOffered', 'VersionSkew'];

/** Why nothing waives the findings of a check; undefined where a waiver may. */
export const whyNotWaived = (rule: string | null | undefined): string | undefined =>
  OF_EKS.some((one) => one === rule) ? `nothing waives ${rule}, since EKS refuses such a hop` : undefined;

/** The kind of problem. */
export const REASONS = {
  removed: 'The target does not serve or support it any more.',
  deprecated: 'The target still takes it and warns; a later minor will not.',
  'never-served': 'No release serves it unless somebody turned it on; it cannot have worked on a default cluster.',
  'stale-trace': 'An older writer used such an API; somebody has written the object at another version since.',
  unsupported: 'Its makers do not support it together with the target.',
  'version-skew': 'A component would be too far from the API server, or newer than it.',
  'behaviour-change': 'It is still taken, and does something else.',
  'unserved-version': 'It names a version that nothing serves.',
  'stored-version': 'Objects may still be stored at a version that is deprecated or on its way out.',
  unavailable: 'Something that the API server asks does not answer, so requests fail.',
  insight: 'Amazon EKS reports it, and Liftlock knows no more about it.',
  preflight: 'The cluster is in a state in which the hop would fail, or would not be taken.',
} as const;
export type Reason = keyof typeof REASONS;

/** The worst one first. */
export const SEVERITIES = ['error', 'warning', 'info'] as const;
export const SEVERITY_MEANINGS: Readonly<Record<(typeof SEVERITIES)[number], string>> = {
  error: 'It breaks at the target, or is broken already. Fails a scan unless --fail-on says none.',
  warning: 'It still works at the target and will not for ever. Fails a scan with --fail-on deprecated.',
  info: 'Good to know; never fails a scan.',
};
/** The surest one first. */
export const CONFIDENCES = ['high', 'medium', 'low'] as const;
export const CONFIDENCE_MEANINGS: Readonly<Record<(typeof CONFIDENCES)[number], string>> = {
  high: 'It is written there, or somebody applied it so last.',
  medium: 'Somebody wrote it so; another writer may have taken over since.',
  low: 'A single trace that others may have outdated.',
};
export const VERDICTS = ['pass', 'fail', 'incomplete'] as const;
export const COVERAGE_STATUSES = {
  read: 'All of it was read.',
  denied: 'Nobody may read it with these credentials.',
  error: 'It could not be read.',
  skipped: 'It was left out on purpose.',
  'not-rendered': 'A template, which says nothing until it is rendered.',
} as const;
export const FAIL_ON = ['removed', 'deprecated', 'none'] as const;

/**
 * Whether a cluster may go up, the most pressing answer first. `readyAfterHops`: it may make the next hop, and its target is further away.
 * `incomplete`: something could not be read, or nobody has looked. `stale`: the last look is too old, or of another version.
 */
export const READINESS_VERDICTS = ['blocked', 'incomplete', 'stale', 'readyAfterHops', 'ready'] as const;
export type ReadinessVerdict = (typeof READINESS_VERDICTS)[number];

/** Sources that AWS's services answer. When they refuse, the spoke role lacks a permission. */
export const AWS_SOURCES: readonly string[] = ['capacity', 'eks'];
