import type { OtherNodeKind } from '../contracts/items/cluster.ts';
import { given } from './given.ts';

/** Who moves a node to another version, and what that one calls the nodes that belong together. */
export interface NodeOwner {
  readonly kind: OtherNodeKind;
  /** The managed group, the node pool, or the group of eksctl; absent where the node names none. */
  readonly name?: string;
}

const GROUP_LABEL = 'eks.amazonaws.com/nodegroup';
const COMPUTE_LABEL = 'eks.amazonaws.com/compute-type';
const POOL_LABEL = 'karpenter.sh/nodepool';
const EKSCTL_LABEL = 'alpha.eksctl.io/nodegroup-name';

/**
 * Whose a node is, by its labels. Nodes of Auto Mode have the label of Karpenter's pools as well, and groups that eksctl made may be managed
 * ones. An instance of EC2 that has no such label was joined by somebody.
 *
 * @param providerId `aws:///eu-central-1a/i-0abc` for an instance of EC2; absent where it was not read
 */
export function nodeOwner(labels: Readonly<Record<string, string | undefined>>, providerId?: string): NodeOwner {
  const { [GROUP_LABEL]: group, [COMPUTE_LABEL]: compute, [POOL_LABEL]: pool, [EKSCTL_LABEL]: eksctl } = labels;
  if (group !== undefined) return { kind: 'managed', name: group };
  if (compute === 'auto') return { kind: 'autoMode', ...given({ name: pool }) };
  if (compute === 'fargate' || compute === 'hybrid') return { kind: compute };
  if (pool !== undefined) return { kind: 'karpenter', name: pool };
  if (eksctl !== undefined) return { kind: 'selfManaged', name: eksctl };
  return { kind: providerId?.startsWith('aws:///') === true ? 'selfManaged' : 'unknown' };
}

/** The managed group of a node, which EKS rolls when Liftlock asks for it. */
export const managedGroup = ({ kind, name }: NodeOwner): string | undefined => (kind === 'managed' ? name : undefined);
