/** The member that identifies elements of a list; `values` for a list of plain values that are added to one another. */
export type MergeKey = string;

const metadata: Readonly<Record<string, MergeKey>> = {
  'metadata.ownerReferences': 'uid',
  'metadata.finalizers': 'values',
};

const containers = ['containers', 'initContainers', 'ephemeralContainers'];
const ofContainers: Readonly<Record<string, MergeKey>> = {
  '': 'name',
  '.env': 'name',
  '.ports': 'containerPort',
  '.volumeMounts': 'mountPath',
  '.volumeDevices': 'devicePath',
};

/** Lists in a pod's spec, at any path. All others are replaced as a whole: args, command, tolerations, … */
const podSpec = (at: string): Record<string, MergeKey> => ({
  ...Object.fromEntries(
    containers.flatMap((list) =>
      Object.entries(ofContainers).map(([member, key]) => [`${at}.${list}${member}`, key] as const),
    ),
  ),
  [`${at}.volumes`]: 'name',
  [`${at}.imagePullSecrets`]: 'name',
  [`${at}.hostAliases`]: 'ip',
  [`${at}.topologySpreadConstraints`]: 'topologyKey',
  [`${at}.resourceClaims`]: 'name',
  [`${at}.schedulingGates`]: 'name',
});

const template = podSpec('spec.template.spec');

/**
 * Known lists, by kind; a kind with an empty entry has no list that is merged. Source: `patchMergeKey` and `patchStrategy` of k8s.io/api. Taints of
 * nodes and `tolerations` have neither, so they are replaced.
 */
const kinds: Readonly<Record<string, Readonly<Record<string, MergeKey>>>> = {
  ConfigMap: {},
  CronJob: podSpec('spec.jobTemplate.spec.template.spec'),
  DaemonSet: template,
  Deployment: template,
  HorizontalPodAutoscaler: {},
  Ingress: {},
  Job: template,
  MutatingWebhookConfiguration: { webhooks: 'name' },
  Namespace: { 'spec.finalizers': 'values' },
  NetworkPolicy: {},
  Node: {},
  PersistentVolumeClaim: {},
  Pod: podSpec('spec'),
  PodDisruptionBudget: {},
  PriorityClass: {},
  ReplicaSet: template,
  ReplicationController: template,
  Role: {},
  RoleBinding: {},
  ClusterRole: {},
  ClusterRoleBinding: {},
  Secret: {},
  Service: { 'spec.ports': 'port' },
  ServiceAccount: { secrets: 'name', imagePullSecrets: 'name' },
  StatefulSet: template,
  StorageClass: {},
  ValidatingWebhookConfiguration: { webhooks: 'name' },
};

/** Objects that are replaced as a whole, and not merged. */
export const replacedObjects: readonly string[] = ['PodDisruptionBudget spec.selector'];

/** Undefined for a kind whose lists are not known. */
export function mergeKeysOf(kind: string): Readonly<Record<string, MergeKey>> | undefined {
  const own = kinds[kind];
  return own === undefined ? undefined : { ...metadata, ...own };
}
