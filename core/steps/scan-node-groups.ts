import { type Reason, reason } from '../contracts/step-result.ts';
import { issueTexts } from '../model/issue-text.ts';
import type { Node } from '../ports/cluster-access.ts';
import type { Nodegroup } from '../ports/eks.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { checkHop, type SkewedComponent } from '../version/skew.ts';
import type { StepContext, StepPorts } from './context.ts';
import { isPassing } from './foreign-stop.ts';
import { amiProblem } from './node-group-ami.ts';
import type { Findings } from './scan-findings.ts';

/** Images, statuses and kubelets of the node groups, as EKS tells them. */
export async function readNodegroups(
  ports: StepPorts,
  context: StepContext,
  findings: Findings,
  resumed: boolean,
): Promise<void> {
  const { scope, name, target, cluster } = context;
  const groups: Nodegroup[] = [];
  for (const nodegroupName of await ports.eks.listNodegroups(scope, { clusterName: name })) {
    groups.push(await ports.eks.describeNodegroup(scope, { clusterName: name, nodegroupName }));
  }
  for (const group of groups) {
    const ami = amiProblem(group, target);
    if (ami !== undefined) findings.blockers.push(ami);
    if (group.status !== 'ACTIVE' && group.status !== 'UPDATING') {
      const issues = issueTexts(group.health).join('; ');
      // One that never came up, or is going, cannot be rolled: that is said before the control plane moves, not after.
      const lost = !isPassing(group.status) && group.status !== 'DEGRADED';
      (lost ? findings.blockers : findings.notes).push(
        reason('NodegroupStatus', `The node group ${group.nodegroupName} is ${group.status}. ${issues}`),
      );
    }
  }
  if (resumed) return;
  const kubelets = groups.flatMap((group): SkewedComponent[] =>
    group.version === undefined ? [] : [{ kind: 'kubelet', name: group.nodegroupName, version: group.version }],
  );
  findings.blockers.push(...skew(cluster.version, kubelets));
}

export const skew = (version: string, components: readonly SkewedComponent[]): Reason[] =>
  checkHop(KubeVersion.parse(version), components).reasons.map((text) => reason('VersionSkew', text));

/** One of each version stands for all nodes that run it. */
export function kubelets(nodes: readonly Node[]): SkewedComponent[] {
  const versions = new Map<string, Node[]>();
  for (const node of nodes) versions.set(node.kubeletVersion, [...(versions.get(node.kubeletVersion) ?? []), node]);
  return [...versions.entries()].map(([version, same]) => ({
    kind: 'kubelet',
    name: same.length === 1 ? (same[0]?.name ?? '') : `${same[0]?.name ?? ''} and ${same.length - 1} more`,
    version,
  }));
}
