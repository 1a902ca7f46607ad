import { parseClusterArn } from '../../model/cluster-key.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { preflightCheck } from './preflight-check.ts';

export const targetOffered = preflightCheck({
  name: 'NotOffered',
  source: 'eks',
  finds: 'EKS does not offer the target in the Region, or not any more.',
  observe({ cluster, target, hasMoved, versions }) {
    if (hasMoved) return [];
    const offered = versions.filter(({ versionStatus }) => versionStatus !== 'UNSUPPORTED');
    if (offered.some(({ clusterVersion }) => KubeVersion.tryParse(clusterVersion)?.equals(target) === true)) return [];
    const region = parseClusterArn(cluster.arn)?.region ?? 'its Region';
    const listed = offered.map(({ clusterVersion }) => clusterVersion).join(', ');
    const message = `EKS offers no ${target} in ${region}; it offers ${listed}.`;
    return [{ message, fix: 'Wait until it does; what else is found holds all the same.' }];
  },
});
