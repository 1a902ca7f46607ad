import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { hookRoleName, operateRoleName } from '../contracts/names.ts';
import { parseClusterArn, shortId } from '../model/cluster-key.ts';

/** The Kubernetes group that Liftlock's role is in; a ClusterRoleBinding gives it what Liftlock reads. */
export const VIEWERS = 'liftlock-viewers';

/** The group of the role that drains. Nobody is in it before somebody applies what the tier *operate* needs. */
export const OPERATORS = 'liftlock-operators';

/** The group of the role that runs Jobs of hooks. */
export const HOOK_RUNNERS = 'liftlock-hooks';

/** What Liftlock may be given in a cluster: to *look*; to *operate* on nodes and pods; to run Jobs of *hooks*. Each tier has a role of its own. */
export const TIERS = ['look', 'operate', 'hooks'] as const;
export type Tier = (typeof TIERS)[number];

/**
 * What to do where the API server does not know a role that has its access entry: EKS keeps the id of the role with the entry, and a role that is made
 * anew under the same name has another one (API reference of EKS, AccessEntry, `principalArn`).
 */
export const ENTRY_OF_OLD_ROLE =
  'Where there is such an entry already, its role was deleted and made anew since, and EKS does not heed it any more: delete the entry first.';

/** The document that gives a ClusterRole, or a Role of one namespace, to a group; it follows the role's own document. */
const bindingOf = (role: string, group = VIEWERS, namespace?: string): string => {
  const [kind, place] = namespace === undefined ? ['ClusterRole', ''] : ['Role', `\n  namespace: ${namespace}`];
  return `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}Binding
metadata:
  name: ${role}${place}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ${kind}
  name: ${role}
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: Group
    name: ${group}
`;
};

/**
 * What Liftlock reads of a cluster, and nothing else: what upgrades look at, and lists of everything that Kubernetes itself serves, for scans.
 * Secrets, and with them the releases of Helm, are left out. So are custom resources, whose groups only the cluster's owner knows, except ENIConfigs,
 * which tell the subnets of pods (docs/scan.md, "Permissions"). EKS's own policies do not fit: AmazonEKSViewPolicy shows no nodes,
 * AmazonEKSAdminViewPolicy shows Secrets (facts: eks.md §10.1).
 */
export const VIEWERS_RBAC = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ${VIEWERS}
rules:
  - apiGroups: [""]
    resources: [configmaps, nodes, pods]
    verbs: [get, list]
  - apiGroups: [apps]
    resources: [deployments, daemonsets, statefulsets]
    verbs: [get, list]
  - apiGroups: [""]
    resources: [limitranges, namespaces, persistentvolumeclaims, persistentvolumes, podtemplates]
    verbs: [list]
  - apiGroups: [""]
    resources: [replicationcontrollers, resourcequotas, serviceaccounts, services]
    verbs: [list]
  - apiGroups: [admissionregistration.k8s.io, apiextensions.k8s.io, apiregistration.k8s.io, rbac.authorization.k8s.io]
    resources: ["*"]
    verbs: [list]
  - apiGroups: [apps, autoscaling, batch, discovery.k8s.io, extensions, flowcontrol.apiserver.k8s.io]
    resources: ["*"]
    verbs: [list]
  - apiGroups: [networking.k8s.io, node.k8s.io, policy, scheduling.k8s.io]
    resources: ["*"]
    verbs: [list]
  - apiGroups: [certificates.k8s.io, coordination.k8s.io, internal.apiserver.k8s.io, lifecycle.k8s.io]
    resources: ["*"]
    verbs: [list]
  - apiGroups: [resource.k8s.io, storage.k8s.io, storagemigration.k8s.io]
    resources: ["*"]
    verbs: [list]
  - apiGroups: [crd.k8s.amazonaws.com]
    resources: [eniconfigs]
    verbs: [list]
  - nonResourceURLs: [/metrics, /readyz, /readyz/*, /version]
    verbs: [get]
${bindingOf(VIEWERS)}`;

/**
 * What the role above leaves out: custom resources, and Secrets with Helm's releases. RBAC cannot take one kind out of all, so this is a role of its
 * own. A team that keeps Secrets out names its groups instead of "*", and leaves that source out in its policy.
 */
export const SCANNERS_RBAC = `# For scans before upgrades. Helm keeps its releases in Secrets: of them only group, version, kind and name
# of what is in them are kept. Without this role, or without Secrets in it, say so in the UpgradePolicy (scan.skip).
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: liftlock-scanners
rules:
  - apiGroups: ["*"]
    resources: ["*"]
    verbs: [get, list]
  - nonResourceURLs: [/api, /api/*, /apis, /apis/*, /metrics, /version]
    verbs: [get]
${bindingOf('liftlock-scanners')}`;

/**
 * What Liftlock needs for its own drains: to cordon nodes and to evict pods. It deletes nothing, and reads no more than where pods are. Kubernetes
 * has no smaller right than to patch a node; evictions keep every PodDisruptionBudget.
 */
const OPERATORS_RBAC = `# For drains that Liftlock makes itself (UpgradePolicy.spec.drain). It cordons nodes and evicts pods by the eviction API.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ${OPERATORS}
rules:
  - apiGroups: [""]
    resources: [nodes]
    verbs: [get, list, patch]
  - apiGroups: [""]
    resources: [pods]
    verbs: [list]
  - apiGroups: [""]
    resources: [pods/eviction]
    verbs: [create]
${bindingOf(OPERATORS, OPERATORS)}`;

/**
 * What Liftlock needs to ask hooks by Jobs, in one namespace. Whoever may create Jobs there can run anything with any service account of the
 * namespace, and RBAC cannot narrow that down: only Liftlock itself keeps to the Fleet's list of images, and nothing else should be in that
 * namespace.
 */
const hookRunnersRbac = (
  namespace: string,
): string => `# For hooks that are asked by Jobs (Fleet.spec.hooks.jobs), in their namespace alone. The service account that the Fleet names there is yours to make.
apiVersion: v1
kind: Namespace
metadata:
  name: ${namespace}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: ${HOOK_RUNNERS}
  namespace: ${namespace}
rules:
  - apiGroups: [batch]
    resources: [jobs]
    verbs: [get, create, delete]
  - apiGroups: [""]
    resources: [pods]
    verbs: [list]
${bindingOf(HOOK_RUNNERS, HOOK_RUNNERS, namespace)}`;

/** The RBAC of each tier, to be applied in each cluster. That of *hooks* is for the namespace that the Fleet names for Jobs. */
export const RBAC = {
  look: () => `${VIEWERS_RBAC}---\n${SCANNERS_RBAC}`,
  operate: () => OPERATORS_RBAC,
  hooks: hookRunnersRbac,
} as const satisfies Readonly<Record<Tier, (namespace: string) => string>>;

/** For each tier: the role that gets it, the group of that role, and the name of the access entry in a template. */
const GRANTEES = {
  look: { roleOf: (spokeRoleName: string) => spokeRoleName, group: VIEWERS, entry: 'LiftlockAccessEntry' },
  operate: { roleOf: operateRoleName, group: OPERATORS, entry: 'LiftlockOperateAccessEntry' },
  hooks: { roleOf: hookRoleName, group: HOOK_RUNNERS, entry: 'LiftlockHookAccessEntry' },
} as const;

/** How the role gets into its group in one cluster: by an access entry, or by a line in aws-auth where the cluster has no access entries. */
export type ClusterAccessManifest = ReturnType<typeof accessManifest>;

export function accessManifest(cluster: ClusterRecord, spokeRoleName: string, tier: Tier = 'look') {
  const { roleOf, group, entry } = GRANTEES[tier];
  const { account, region, name, arn } = cluster;
  const partition = parseClusterArn(arn)?.partition ?? 'aws';
  const principalArn = `arn:${partition}:iam::${account}:role/${roleOf(spokeRoleName)}`;
  // EKS tells no authentication mode for clusters that are older than access entries: those use the ConfigMap.
  const authenticationMode = cluster.authenticationMode ?? 'CONFIG_MAP';
  const base = { cluster: shortId(cluster), authenticationMode, principalArn };
  if (authenticationMode === 'CONFIG_MAP') {
    const awsAuthMapRole = `- rolearn: ${principalArn}\n  username: ${group.replace('-viewers', '')}\n  groups:\n    - ${group}\n`;
    return { ...base, accessEntryCommand: null, accessEntryTemplate: null, awsAuthMapRole };
  }
  return {
    ...base,
    /** AWS CLI command; null where the cluster has no access entries. */
    accessEntryCommand: `aws eks create-access-entry --region ${region} --cluster-name ${name} --principal-arn ${principalArn} --type STANDARD --kubernetes-groups ${group}`,
    /** The same entry for CloudFormation. */
    accessEntryTemplate: `${entry}:
  Type: AWS::EKS::AccessEntry
  Properties:
    ClusterName: ${name}
    PrincipalArn: ${principalArn}
    Type: STANDARD
    KubernetesGroups:
      - ${group}
`,
    /** An item for `mapRoles` of the ConfigMap kube-system/aws-auth; null where the cluster has access entries. */
    awsAuthMapRole: null,
  };
}
