import { type Reason, reason } from '../contracts/step-result.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { StepContext, StepPorts } from './context.ts';

/** Why EKS would not take the target in this Region. */
export async function notOffered(ports: StepPorts, context: StepContext): Promise<Reason[]> {
  const { target, scope } = context;
  const versions = await ports.eks.describeClusterVersions(scope);
  const offer = versions.find((version) => KubeVersion.tryParse(version.clusterVersion)?.equals(target) === true);
  if (offer !== undefined && offer.versionStatus !== 'UNSUPPORTED') return [];
  const offered = versions
    .filter((version) => version.versionStatus !== 'UNSUPPORTED')
    .map((version) => version.clusterVersion);
  return [reason('NotOffered', `EKS offers no ${target} in ${scope.region}; it offers ${offered.join(', ')}.`)];
}
