import { inRegion, type PreflightFacts, preflightCheck } from './preflight-check.ts';

/** An upgrade creates network interfaces in any of the cluster's subnets, and the update of a group creates nodes in those of the group. */
export const networkGone = preflightCheck({
  name: 'NetworkGone',
  source: 'capacity',
  finds: 'A subnet or a security group that the cluster or a node group names does not exist any more.',
  isOfRolls: true,
  observe({ cluster, hasMoved, nodegroups, capacity }) {
    if (hasMoved) return [];
    const groups = nodegroups.flatMap((group) => goneIn('subnet', capacity?.subnets, group.subnets, ofGroup(group)));
    const vpc = networkOf({ cluster });
    const own = [
      ...goneIn('subnet', capacity?.subnets, vpc.subnetIds, vpc),
      ...goneIn('security group', capacity?.securityGroups, vpc.securityGroupIds, vpc),
    ];
    return [...own, ...groups].map(({ what, id, subject, fix }) => ({
      subject,
      cause: `network:${id}`,
      message: `${subject.kind === 'Cluster' ? 'The cluster' : `The node group ${subject.name}`} names the ${what} ${id}, which does not exist any more.`,
      fix,
    }));
  },
});

/** The network of the control plane, with the security group that EKS made itself. */
export function networkOf({ cluster }: Pick<PreflightFacts, 'cluster'>) {
  const { subnetIds = [], securityGroupIds = [], clusterSecurityGroupId } = cluster.resourcesVpcConfig ?? {};
  return {
    subnetIds,
    securityGroupIds:
      clusterSecurityGroupId === undefined ? securityGroupIds : [...securityGroupIds, clusterSecurityGroupId],
    subject: { kind: 'Cluster', name: cluster.name },
    fix: `Give it others of the same VPC: aws eks update-cluster-config ${inRegion(cluster.arn)} --name ${cluster.name} --resources-vpc-config subnetIds=…,securityGroupIds=…`,
  };
}

const ofGroup = ({ nodegroupName }: PreflightFacts['nodegroups'][number]) => ({
  subject: { kind: 'Nodegroup', name: nodegroupName },
  fix: 'The subnets of a group cannot be changed: create another group, move the workloads, delete this one.',
});

type Where = Pick<ReturnType<typeof ofGroup>, 'subject' | 'fix'>;

function goneIn(
  what: string,
  found: readonly ({ readonly subnetId: string } | { readonly groupId: string })[] | undefined,
  named: readonly string[] = [],
  { subject, fix }: Where,
) {
  const there = new Set(found?.map((one) => ('subnetId' in one ? one.subnetId : one.groupId)));
  return found === undefined ? [] : named.filter((id) => !there.has(id)).map((id) => ({ what, id, subject, fix }));
}

/** EKS needs up to five free addresses in the subnets of the cluster (facts: eks.md §2). */
const ASKED = 5;

/** EKS chooses the subnets of the new interfaces, so one full subnet may be enough to fail. */
export const controlPlaneAddresses = preflightCheck({
  name: 'ControlPlaneAddresses',
  source: 'capacity',
  finds: `The subnets of the cluster have fewer than ${ASKED} free addresses together, or one of them has.`,
  observe({ cluster, hasMoved, capacity }) {
    const own = new Set(cluster.resourcesVpcConfig?.subnetIds);
    const subnets = (hasMoved ? [] : (capacity?.subnets ?? [])).filter(({ subnetId }) => own.has(subnetId));
    const short = subnets.filter((one) => one.availableIpAddressCount < ASKED);
    if (short.length === 0) return [];
    const free = subnets.reduce((sum, one) => sum + one.availableIpAddressCount, 0);
    const each = short.map((one) => `${one.subnetId} has ${one.availableIpAddressCount} free`).join(', ');
    return [
      {
        severity: free < ASKED ? 'error' : 'warning',
        cause: `addresses:${cluster.name}`,
        message: `An upgrade of the control plane takes up to ${ASKED} addresses of the subnets of the cluster: ${each}, all ${subnets.length} together ${free}.`,
        fix: `Free addresses there, or give the cluster another subnet: aws eks update-cluster-config ${inRegion(cluster.arn)} --name ${cluster.name} --resources-vpc-config subnetIds=…`,
      },
    ];
  },
});
