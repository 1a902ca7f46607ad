import { parseClusterArn } from '../../model/cluster-key.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { foundOf, type PreflightCheck } from './preflight-check.ts';

const name = 'NotOffered';

export const targetOffered: PreflightCheck = {
  name,
  finds: 'EKS does not offer the target in the Region, or not any more.',
  observe({ cluster, target, hasMoved, versions }) {
    if (hasMoved) return [];
    const offered = versions.filter(({ versionStatus }) => versionStatus !== 'UNSUPPORTED');
    if (offered.some(({ clusterVersion }) => KubeVersion.tryParse(clusterVersion)?.equals(target) === true)) return [];
    const region = parseClusterArn(cluster.arn)?.region ?? 'its Region';
    const listed = offered.map(({ clusterVersion }) => clusterVersion).join(', ');
    const message = `EKS offers no ${target} in ${region}; it offers ${listed}.`;
    return [
      foundOf(name, 'eks', cluster, { message, fix: 'Wait until it does; what else is found holds all the same.' }),
    ];
  },
};
