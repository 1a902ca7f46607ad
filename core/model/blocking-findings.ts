import type { KnownScans } from '../contracts/items/scan.ts';
import { KubeVersion } from '../version/kube-version.ts';

/** The newest scan for each version after `from`, up to `to`, the newest first. Other scans say nothing about the hops to come. */
export function scansOfHops({ scans }: KnownScans, from: string, to?: string): KnownScans['scans'] {
  const [first, last] = [KubeVersion.tryParse(from), to === undefined ? undefined : KubeVersion.parse(to)];
  return scans.filter((scan) => {
    const target = KubeVersion.parse(scan.target);
    return first?.isOlderThan(target) !== false && last?.isOlderThan(target) !== true;
  });
}

/** The causes that block a cluster's hops. Approvals agree to these. */
export const blockingFindings = (latest: KnownScans, from: string, to?: string): string[] =>
  scansOfHops(latest, from, to).flatMap(({ target, causes, moreErrors }) =>
    [
      ...causes.flatMap(({ severity, cause }) => (severity === 'error' ? cause : [])),
      ...(moreErrors === undefined ? [] : [moreErrors]),
    ].map((cause) => `${latest.clusterKey} ${target} ${cause}`),
  );
