import type { LatestScans } from '../contracts/items/scan.ts';

/** What blocks a cluster by its newest scan; approvals agree to these (semantics.md, Hashes). */
export const blockingFindings = ({ clusterKey, scans: [newest] }: LatestScans): string[] =>
  (newest?.causes ?? [])
    .filter(({ severity }) => severity === 'error')
    .map(({ cause }) => `${clusterKey} ${newest?.target} ${cause}`);
