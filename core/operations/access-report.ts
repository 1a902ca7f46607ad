import { LOOK_AT_ACCESS } from '../contracts/errors.ts';
import { SILENCE_TAG } from '../contracts/mutating-calls.ts';
import type { Reason } from '../contracts/step-result.ts';
import { arnOf, parseClusterArn } from '../model/cluster-key.ts';
import { isAccessErrorName } from '../ports/cluster-access.ts';
import { ENTRY_OF_OLD_ROLE, type Tier } from '../queries/access-manifest.ts';
import type { ScanRunView } from '../queries/scan-history.ts';

/** `NotChecked` is neither good nor bad: nobody has looked. */
export type AccessStatus = 'Readable' | 'Refused' | 'NotChecked';

/** One thing that Liftlock reads, or changes at an API server. */
export interface AccessCheck {
  /**
   * `AWS`: what a scan asks of EC2, IAM, KMS and Service Quotas, and what steps of upgrades call; only refusals are listed. `Drains` and `Hooks`: what the tiers *operate* and *hooks*
   * are for; `Rates` and `Silences`: what the spoke role may do at CloudWatch; `Queries`: queries of a Prometheus API, with their secrets. These five
   * are listed only where the policy drains, asks by Jobs, compares rates or silences alarms; no upgrade is stopped for want of them.
   */
  readonly part: 'EKS API' | 'AWS' | 'API server' | 'Drains' | 'Hooks' | 'Rates' | 'Queries' | 'Silences';
  readonly what: string;
  readonly status: AccessStatus;
  /** Why it cannot be read, or why nobody has looked; absent when it can be read. */
  readonly reason?: Reason;
  /** When this was seen. */
  readonly asOf: string | null;
}

/** What Liftlock can and cannot read of one cluster. */
export interface AccessReport {
  readonly cluster: string;
  readonly clusterKey: string;
  /** How much the cluster's policy needs; null without a policy. `eks-api` needs nothing from the API server. */
  readonly verification: 'full' | 'eks-api' | null;
  /**
   * `Ok`: all that is needed can be read. `Incomplete`: something needed was refused. `Unknown`: nothing needed was refused, but not all of it was
   * checked.
   */
  readonly status: 'Ok' | 'Incomplete' | 'Unknown';
  readonly checks: readonly AccessCheck[];
}

const TIERS: Partial<Record<AccessCheck['part'], Tier>> = { Drains: 'operate', Hooks: 'hooks' };
const isOfPolicy = ({ part }: Pick<AccessCheck, 'part'>): boolean =>
  TIERS[part] !== undefined || ['Rates', 'Queries', 'Silences'].includes(part);

export function accessStatus(
  checks: readonly AccessCheck[],
  verification: AccessReport['verification'],
): AccessReport['status'] {
  const needed = openOf({ checks, verification }).filter((check) => !isOfPolicy(check));
  if (needed.some(({ status }) => status === 'Refused')) return 'Incomplete';
  return needed.length > 0 ? 'Unknown' : 'Ok';
}

/** The checks, of everything that the policy needs or would like, that were refused or not made. */
const openOf = ({ checks, verification }: Pick<AccessReport, 'checks' | 'verification'>) =>
  checks.filter(({ part, status }) => status !== 'Readable' && (part !== 'API server' || verification !== 'eks-api'));

/** Whether everything that the policy asks for can be read, also what no upgrade is stopped for the want of. Such a report has no cause. */
export const isReadable = (report: AccessReport): boolean => openOf(report).length === 0;

/** One thing to repair, for all clusters of an account that Liftlock cannot read because of it. */
export interface AccessCause {
  /** Null for what nobody has looked at, which is no matter of one account. */
  readonly account: string | null;
  readonly status: Exclude<AccessStatus, 'Readable'>;
  readonly part: AccessCheck['part'];
  readonly code: string;
  /** Everything that cannot be read, taking all of the clusters together. */
  readonly whats: readonly string[];
  /** The message of the first cluster, since messages name clusters and endpoints. */
  readonly message: string;
  readonly fix: string;
  readonly clusters: readonly string[];
}

/** What was refused and what nobody has looked at, by account and cause. Refusals come first, and among them those that concern the most clusters. */
export function accessCauses(reports: readonly AccessReport[]): AccessCause[] {
  const causes = new Map<string, AccessCause & { readonly whats: string[]; readonly clusters: string[] }>();
  for (const report of reports) {
    const { account: owner = '' } = parseClusterArn(arnOf(report.clusterKey)) ?? {};
    for (const { status, part, what, reason } of openOf(report)) {
      if (status === 'Readable' || reason === undefined) continue;
      const account = status === 'Refused' ? owner : null;
      const key = [account, part, status, reason.code].join(' ');
      const message = reason.message.replace(AT_END, '');
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

/** Who reads the report has run that command. */
const AT_END = new RegExp(` ${LOOK_AT_ACCESS}$`);
const LOOK_AGAIN = `${LOOK_AT_ACCESS} --now`;

/** The code of a denial, as discovery and as AWS's services name it. */
const DENIED = /^(Denied|AccessDenied.*)$/;

function fixOf(part: AccessCheck['part'], { code }: Reason, account: string): string {
  const tier = TIERS[part];
  const already = code === 'ClusterUnauthorized' ? ` ${ENTRY_OF_OLD_ROLE}` : '';
  if (tier !== undefined && code !== 'ClusterUnreachable' && code !== 'ClusterServerFault')
    return `Run liftlock access manifest --tier ${tier}, and apply what it prints where that was not done.${already}`;
  switch (code) {
    case 'NotChecked':
      return isOfPolicy({ part }) ? 'The next upgrade of the policy shows it.' : LOOK_AGAIN;
    case 'ProbeInconclusive':
      return 'Mend what it says. The next upgrade of the policy shows it.';
    case 'ClusterUnauthorized':
    case 'ClusterForbidden':
      return `Run liftlock access manifest, and apply what it prints.${already}`;
    case 'ClusterUnreachable':
      return 'Give Liftlock a way to the endpoint, or choose verification: eks-api in the UpgradePolicy.';
  }
  if (part !== 'API server' && DENIED.test(code)) {
    const role = `Deploy or update the spoke role in the account ${account} (docs/install.md, Spokes).`;
    // IAM answers alike where an alarm lacks the tag and where the role lacks the permission.
    return part === 'Silences'
      ? `Give each alarm the tag ${SILENCE_TAG.key}=${SILENCE_TAG.value}. Where it is refused all the same: ${role}`
      : role;
  }
  return `It may pass. ${LOOK_AGAIN}`;
}

const AT_THE_SERVER = ['NoEndpoint', 'ScanIncomplete'];

/** Adds to a report what the scan met that was started for it, also where that scan has ended without a report of its own. */
export function withScan(report: AccessReport, run: ScanRunView | undefined): AccessReport {
  if (run === undefined) return report;
  const denied = run.reasons.find(({ code }) => code === 'Denied');
  const refused = run.reasons.find(({ code }) => isAccessErrorName(code) || AT_THE_SERVER.includes(code));
  const checks = report.checks.map((check): AccessCheck => {
    // A scan does not touch what drains, hooks, rates and silences need.
    if (isOfPolicy(check)) return check;
    if (check.part === 'API server')
      return refused !== undefined && check.status === 'NotChecked' ? refusedFor(check, run, refused) : check;
    if (denied !== undefined) return refusedFor(check, run, denied);
    // A scan that was not denied has described the cluster and listed its updates.
    return check.what === 'updates' || check.what === 'cluster' ? readAt(check, run) : check;
  });
  return { ...report, checks, status: accessStatus(checks, report.verification) };
}

const refusedFor = ({ part, what }: AccessCheck, run: ScanRunView, reason: Reason): AccessCheck => ({
  ...{ part, what, reason },
  status: 'Refused',
  asOf: run.startedAt,
});

const readAt = ({ part, what }: AccessCheck, run: ScanRunView): AccessCheck => ({
  ...{ part, what },
  status: 'Readable',
  asOf: run.startedAt,
});
