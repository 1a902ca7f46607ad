import type { ClusterRecord, OtherNodeKind } from '../contracts/items/cluster.ts';
import { given } from './given.ts';

/** The owner of a node, who moves it to another version, and the owner's name for the nodes that belong together. */
export interface OwnerRef {
  readonly kind: OtherNodeKind;
  /** The managed group, the node pool, or the group of eksctl; absent where the node names none. */
  readonly name?: string;
}

export const GROUP_LABEL = 'eks.amazonaws.com/nodegroup';
const COMPUTE_LABEL = 'eks.amazonaws.com/compute-type';
const POOL_LABEL = 'karpenter.sh/nodepool';
export const EKSCTL_LABEL = 'alpha.eksctl.io/nodegroup-name';

/**
 * The owner of a node, by its labels. Nodes of Auto Mode also have the label of Karpenter's pools, and groups that eksctl made may be managed ones.
 * An EC2 instance without any of these labels was added by a person.
 * @param providerId `aws:///eu-central-1a/i-0abc` for an instance of EC2; absent where it was not read
 */
export function nodeOwner(labels: Readonly<Record<string, string | undefined>>, providerId?: string): OwnerRef {
  const { [GROUP_LABEL]: group, [COMPUTE_LABEL]: compute, [POOL_LABEL]: pool, [EKSCTL_LABEL]: eksctl } = labels;
  if (group !== undefined) return { kind: 'managed', name: group };
  if (compute === 'auto') return { kind: 'autoMode', ...given({ name: pool }) };
  if (compute === 'fargate' || compute === 'hybrid') return { kind: compute };
  if (pool !== undefined) return { kind: 'karpenter', name: pool };
  if (eksctl !== undefined) return { kind: 'selfManaged', name: eksctl };
  return { kind: providerId?.startsWith('aws:///') === true ? 'selfManaged' : 'unknown' };
}

/** The managed group of a node. EKS rolls it when Liftlock asks for it. */
export const managedGroup = ({ kind, name }: OwnerRef): string | undefined => (kind === 'managed' ? name : undefined);

/** Groups that Liftlock drains: those of EKS, and those that eksctl made. One of each may have the same name. */
export type GroupKind = 'managed' | 'selfManaged';
export const kindOfGroup = ({ nodegroups }: Pick<ClusterRecord, 'nodegroups'>, group: string): GroupKind =>
  nodegroups.some(({ name }) => name === group) ? 'managed' : 'selfManaged';

/** `customAmi`: EKS takes no version for the group, and the policy names no image. */
export type ManualKind = 'customAmi' | Exclude<OtherNodeKind, 'managed'>;

/**
 * Nodes that Liftlock cannot roll: their name, who moves them (docs/rollouts.md), and what takes them to the minor before, which a control plane can
 * return to only when no kubelet is newer (facts: eks.md §3.6). `movedBy` and `takenBackBy` are sentences without their full stop.
 */
export const OTHER_OWNERS: Readonly<
  Record<ManualKind, { readonly called: string; readonly movedBy: string; readonly takenBackBy: string }>
> = {
  customAmi: {
    called: 'custom AMI',
    movedBy: 'whoever owns the launch template rolls it',
    takenBackBy: 'whoever owns the launch template takes it to the version before',
  },
  selfManaged: {
    called: 'self-managed',
    movedBy: 'whoever owns the instances replaces them',
    takenBackBy: 'whoever owns the instances replaces them by older ones',
  },
  karpenter: {
    called: 'Karpenter',
    movedBy: 'Karpenter replaces such nodes by drift, as its node class and budgets let it',
    takenBackBy: 'its node class has to name an older AMI by id or name, since an alias follows the control plane',
  },
  fargate: {
    called: 'Fargate',
    movedBy: 'whoever owns the pods restarts them',
    takenBackBy: 'their pods have to end, and are started anew afterwards',
  },
  autoMode: {
    called: 'Auto Mode',
    movedBy: 'EKS replaces such nodes by itself, within 21 days',
    takenBackBy: 'EKS takes them back itself, before the control plane',
  },
  hybrid: {
    called: 'hybrid',
    movedBy: 'whoever runs the machines upgrades them with nodeadm',
    takenBackBy: 'whoever runs the machines installs an older kubelet with nodeadm',
  },
  unknown: {
    called: 'unknown',
    movedBy: 'whoever runs the machines replaces them',
    takenBackBy: 'whoever runs the machines replaces them by older ones',
  },
};

/** Nodes of one owner, in words: `3 Karpenter nodes of spot`. */
export const nodesText = (kind: ManualKind, count: number, name: string | undefined): string =>
  `${count} ${OTHER_OWNERS[kind].called} ${count === 1 ? 'node' : 'nodes'}${name === undefined ? '' : ` of ${name}`}`;
