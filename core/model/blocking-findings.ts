import type { KnownScans } from '../contracts/items/scan.ts';
import { KubeVersion } from '../version/kube-version.ts';

/** The newest scan for each version after `from`, up to `to`, the newest first: of the hops to come others say nothing. */
export function scansOfHops({ scans }: KnownScans, from: string, to?: string): KnownScans['scans'] {
  const [first, last] = [KubeVersion.tryParse(from), to === undefined ? undefined : KubeVersion.parse(to)];
  return scans.filter((scan) => {
    const target = KubeVersion.parse(scan.target);
    return first?.isOlderThan(target) !== false && last?.isOlderThan(target) !== true;
  });
}

/** The causes of what blocks a cluster's hops; approvals agree to these. */
export const blockingFindings = (latest: KnownScans, from: string, to?: string): string[] =>
  scansOfHops(latest, from, to).flatMap(({ target, causes, moreErrors }) =>
    [
      ...causes.flatMap(({ severity, cause }) => (severity === 'error' ? cause : [])),
      ...(moreErrors === undefined ? [] : [moreErrors]),
    ].map((cause) => `${latest.clusterKey} ${target} ${cause}`),
  );
