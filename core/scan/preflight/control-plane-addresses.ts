import { inRegion, preflightCheck } from './preflight-check.ts';

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
