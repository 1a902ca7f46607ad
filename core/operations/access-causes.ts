import type { Reason } from '../contracts/step-result.ts';
import { arnOf, parseClusterArn } from '../model/cluster-key.ts';
import { type AccessCheck, type AccessReport, type AccessStatus, neededOf } from './access-report.ts';

/** One thing to repair, for all clusters of an account that it keeps Liftlock out of. */
export interface AccessCause {
  /** Null for what nobody looked at: that is not of an account. */
  readonly account: string | null;
  readonly status: Exclude<AccessStatus, 'Readable'>;
  readonly part: AccessCheck['part'];
  readonly code: string;
  /** What cannot be read, in any of the clusters. */
  readonly whats: readonly string[];
  /** Of the first cluster: messages name clusters and endpoints. */
  readonly message: string;
  readonly fix: string;
  readonly clusters: readonly string[];
}

/** What was refused and what nobody looked at, by account and cause; what was refused comes first, and the widest of it. */
export function accessCauses(reports: readonly AccessReport[]): AccessCause[] {
  const causes = new Map<string, AccessCause & { readonly whats: string[]; readonly clusters: string[] }>();
  for (const report of reports) {
    const { account: owner = '' } = parseClusterArn(arnOf(report.clusterKey)) ?? {};
    for (const { status, part, what, reason } of neededOf(report)) {
      if (status === 'Readable' || reason === undefined) continue;
      const account = status === 'Refused' ? owner : null;
      const key = [account, part, status, reason.code].join(' ');
      const message = reason.message.replace(/ Run: liftlock access check$/, '');
      const fix = fixOf(part, reason, owner);
      const cause = causes.get(key) ?? {
        account,
        status,
        part,
        code: reason.code,
        whats: [],
        message,
        fix,
        clusters: [],
      };
      if (!cause.whats.includes(what)) cause.whats.push(what);
      if (!cause.clusters.includes(report.cluster)) cause.clusters.push(report.cluster);
      causes.set(key, cause);
    }
  }
  const rank = ({ status }: AccessCause) => (status === 'Refused' ? 0 : 1);
  return [...causes.values()].sort((a, b) => rank(a) - rank(b) || b.clusters.length - a.clusters.length);
}

const LOOK_AGAIN = 'Run: liftlock access check --now';

/** As discovery calls it, and as AWS's services do. */
const DENIED = /^(Denied|AccessDenied.*)$/;

function fixOf(part: AccessCheck['part'], { code }: Reason, account: string): string {
  switch (code) {
    case 'NotChecked':
      return LOOK_AGAIN;
    case 'ClusterUnauthorized':
    case 'ClusterForbidden':
      return 'Run liftlock access manifest, and apply what it prints.';
    case 'ClusterUnreachable':
      return 'Give Liftlock a way to the endpoint, or choose verification: eks-api in the UpgradePolicy.';
  }
  if (part !== 'API server' && DENIED.test(code))
    return `Deploy or update the spoke role in the account ${account} (docs/install.md, Spokes).`;
  return `It may pass. ${LOOK_AGAIN}`;
}
