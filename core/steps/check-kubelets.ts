import { type Reason, reason } from '../contracts/step-result.ts';
import { isRollback } from '../model/hop.ts';
import { isRolled, type NodesSpec } from '../model/image-rule.ts';
import { managedGroup, nodeOwner } from '../model/node-owner.ts';
import type { Node } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { StepContext } from './context.ts';
import { loadHopPolicy } from './hop-policy.ts';

/** The findings about kubelets. */
export interface Kubelets {
  readonly problems: Reason[];
  readonly notes: Reason[];
  /**
   * Node groups that were created since the hop listed its groups. Its next attempt lists them, and decides about each once. A group without a step
   * after that, as when EKS does not have the group of a node's label, is not waited for again.
   */
  readonly unrolled: Reason[];
}

/** Nodes of managed groups have to be at the target. Other nodes belong to their owners and may lag; each kind of them is reported once. */
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
  const rollOf = (group: string) => upgrade?.steps[`roll-node-group/${group}`];
  const isUnrolled = (group: string): boolean =>
    upgrade?.machine === 'upgrade-cluster' && rollOf(group) === undefined && !hasWaited(whoseOf(group));
  const old = Map.groupBy(
    nodes.filter(({ kubeletVersion }) => KubeVersion.tryParse(kubeletVersion)?.equals(context.target) !== true),
    ({ labels, providerId, kubeletVersion }) => {
      const { kind, name = '' } = nodeOwner(labels, providerId);
      return `${kind} ${name} ${kubeletVersion}`;
    },
  );
  // A rollback takes nodes down with the control plane and never up, so nodes that the hop has not reached stay as they were.
  const wasOlder = ([first]: readonly Node[]): boolean =>
    isBack && KubeVersion.tryParse(first?.kubeletVersion ?? '')?.isOlderThan(context.target) === true;
  const mayStay = !isBack && old.size > 0 && (await nodesWait(ports, context));
  for (const group of old.values()) {
    const [first] = group;
    const nodegroup = managedGroup(nodeOwner(first?.labels ?? {}));
    const said = `${named(group)} at kubelet ${first?.kubeletVersion ?? 'unknown'}, not ${context.target}.`;
    if (wasOlder(group)) notes.push(reason('OldKubelet', `${said} So it was before the hop that was taken back.`));
    else if (nodegroup === undefined || custom.has(nodegroup))
      notes.push(reason('OldKubelet', `${said} Liftlock rolls no node group that they belong to.`));
    else if (mayStay && rollOf(nodegroup)?.status !== 'done')
      notes.push(reason('OldKubelet', `${said} The policy lets nodes wait for a later hop.`));
    else (isUnrolled(nodegroup) ? unrolled : problems).push(reason('OldKubelet', `${whoseOf(nodegroup)}${said}`));
  }
}

const whoseOf = (nodegroup: string): string => `Node group ${nodegroup}: `;

/**
 * Whether groups without a roll that is done were left behind on purpose, for which this hop is not to blame. That was decided by the versions of the
 * groups, and stands where a node is older than its group.
 */
async function nodesWait(ports: Pick<Ports, 'table'>, context: StepContext): Promise<boolean> {
  const { wave, moreHops } = await loadHopPolicy(ports, context);
  return wave?.rollNodes === 'whenSkewRequires' && moreHops;
}

function named(nodes: readonly Node[]): string {
  const names = nodes
    .slice(0, 3)
    .map((node) => node.name)
    .join(', ');
  if (nodes.length === 1) return `The node ${names} is`;
  return `${nodes.length} nodes (${names}${nodes.length > 3 ? ', …' : ''}) are`;
}
