import { type Reason, reason } from '../contracts/step-result.ts';
import { isRollback } from '../model/hop.ts';
import { isRolled, type NodesSpec } from '../model/image-rule.ts';
import { managedGroup, nodeOwner } from '../model/node-owner.ts';
import type { Node } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { StepContext } from './context.ts';
import { loadHopPolicy, nodesMayWait } from './hop-policy.ts';

/** What kubelets tell. */
export interface Kubelets {
  readonly problems: Reason[];
  readonly notes: Reason[];
  /**
   * Of node groups that were made since the hop listed what it rolls: its next attempt lists them, and decides of each once. What has no step after that
   * either, as where EKS does not have the group that a node is labeled with, is waited for no more.
   */
  readonly unrolled: Reason[];
}

/** Nodes of managed groups are at the target; others belong to their owners and may lag, which is told once for each kind of them. */
export async function checkKubelets(
  ports: Pick<Ports, 'table'>,
  context: StepContext,
  { nodes, rules }: { readonly nodes: readonly Node[]; readonly rules: NodesSpec },
  { problems, notes, unrolled }: Kubelets,
): Promise<void> {
  const { upgrade } = context;
  const last = upgrade?.steps['smoke-check'];
  const custom = new Set(
    (await context.record()).nodegroups.filter((group) => !isRolled(rules, group)).map((group) => group.name),
  );
  const isBack = upgrade !== undefined && isRollback(upgrade);
  const hasWaited = (whose: string): boolean => last?.reasons.some(({ message }) => message.startsWith(whose)) === true;
  const isUnrolled = (group: string): boolean =>
    upgrade?.machine === 'upgrade-cluster' &&
    upgrade.steps[`roll-node-group/${group}`] === undefined &&
    !hasWaited(whoseOf(group));
  const old = Map.groupBy(
    nodes.filter(({ kubeletVersion }) => KubeVersion.tryParse(kubeletVersion)?.equals(context.target) !== true),
    ({ labels, providerId, kubeletVersion }) => {
      const { kind, name = '' } = nodeOwner(labels, providerId);
      return `${kind} ${name} ${kubeletVersion}`;
    },
  );
  // A rollback takes nodes down with the control plane, never up: one that the hop has not reached is where it was.
  const wasOlder = ([first]: readonly Node[]): boolean =>
    isBack && KubeVersion.tryParse(first?.kubeletVersion ?? '')?.isOlderThan(context.target) === true;
  const mayStay = ![...old.values()].every(wasOlder) && (await nodesWait(ports, context, nodes));
  for (const group of old.values()) {
    const [first] = group;
    const nodegroup = managedGroup(nodeOwner(first?.labels ?? {}));
    const said = `${named(group)} at kubelet ${first?.kubeletVersion ?? 'unknown'}, not ${context.target}.`;
    if (wasOlder(group)) notes.push(reason('OldKubelet', `${said} So it was before the hop that was taken back.`));
    else if (mayStay) notes.push(reason('OldKubelet', `${said} The policy lets nodes wait for a later hop.`));
    else if (nodegroup !== undefined && !custom.has(nodegroup))
      (isUnrolled(nodegroup) ? unrolled : problems).push(reason('OldKubelet', `${whoseOf(nodegroup)}${said}`));
    else notes.push(reason('OldKubelet', `${said} Liftlock rolls no node group that they belong to.`));
  }
}

const whoseOf = (nodegroup: string): string => `Node group ${nodegroup}: `;

/** Nodes that were left behind on purpose are no fault of this hop. */
async function nodesWait(ports: Pick<Ports, 'table'>, context: StepContext, nodes: readonly Node[]): Promise<boolean> {
  const kubelets = nodes.map(({ name, kubeletVersion }) => ({ name, version: kubeletVersion }));
  return nodesMayWait(await loadHopPolicy(ports, context), context.target, kubelets);
}

function named(nodes: readonly Node[]): string {
  const names = nodes
    .slice(0, 3)
    .map((node) => node.name)
    .join(', ');
  if (nodes.length === 1) return `The node ${names} is`;
  return `${nodes.length} nodes (${names}${nodes.length > 3 ? ', …' : ''}) are`;
}
