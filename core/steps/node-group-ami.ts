import { type Reason, reason } from '../contracts/step-result.ts';
import { KubeVersion } from '../version/kube-version.ts';

/** The last minor with Amazon Linux 2 AMIs (facts: eks.md §5.3). */
const LAST_AL2 = KubeVersion.parse('1.32');

/** Why no AMI of the group's type exists for the target; no update API can change a group's AMI type, so it must be replaced. */
export function amiProblem(
  nodegroup: { readonly nodegroupName: string; readonly amiType?: string },
  target: KubeVersion,
): Reason | undefined {
  if (nodegroup.amiType?.startsWith('AL2_') !== true || !LAST_AL2.isOlderThan(target)) return undefined;
  return reason(
    'Al2Nodegroup',
    `The node group ${nodegroup.nodegroupName} runs Amazon Linux 2 (${nodegroup.amiType}), which ends at ${LAST_AL2}: it cannot go to ${target}. Create an AL2023 or Bottlerocket group, move the workloads, delete this one.`,
  );
}
