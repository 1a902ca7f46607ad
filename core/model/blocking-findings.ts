import type { LatestScans } from '../contracts/items/scan.ts';
import { KubeVersion } from '../version/kube-version.ts';

/** The newest scan for a version that is newer than the cluster's was: of the hop to come others say nothing. */
export const scanOfHop = ({ scans }: LatestScans): LatestScans['scans'][number] | undefined =>
  scans.find(({ from, target }) => KubeVersion.tryParse(from)?.isOlderThan(KubeVersion.parse(target)) ?? true);

/** The causes of what blocks a cluster's hop; approvals agree to these. */
export function blockingFindings(latest: LatestScans): string[] {
  const scan = scanOfHop(latest);
  const causes = scan?.causes.filter(({ severity }) => severity === 'error') ?? [];
  return causes.map(({ cause }) => `${latest.clusterKey} ${scan?.target} ${cause}`);
}
