import type { Wave as WaveSpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { KnownScans } from '../contracts/items/scan.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { scansOfHops } from '../model/blocking-findings.ts';
import { type Approved, approvalRefusals, isShownToApprovers, type Requesters } from './approvals.ts';

/** Who has to agree to a wave, and the approvals that it has. */
export interface ApprovedWave {
  readonly spec: Pick<WaveSpec, 'approval'> | undefined;
  readonly wave: Approved;
  readonly requesters: Requesters;
}

/**
 * What a scan has found that the policy lets pass, and that was not known when the wave was approved: the approvers have not agreed to it. One reason
 * for each cause; empty for waves that need no approval or do not have it yet.
 *
 * @param name the name of the cluster
 */
export function unapprovedFindings(
  scan: KnownScans['scans'][number],
  name: string,
  { spec, wave, requesters }: ApprovedWave,
  now: Date,
): Reason[] {
  if (approvalRefusals(spec, wave, requesters, now).length > 0) return [];
  const isShown = (since = scan.scannedAt) => isShownToApprovers(spec?.approval, wave, requesters, since);
  const todo = `Mend it, or approve again: liftlock approve ${wave.rolloutId} ${wave.name}. Then: liftlock retry cluster ${name}`;
  const told = (found: string) =>
    reason('FindingNotApproved', `When the wave ${wave.name} was approved this was not known: ${found} ${todo}`);
  const unshown = scan.causes.filter(({ severity, since }) => severity === 'error' && !isShown(since));
  const hasMore = scan.moreErrors !== undefined && !isShown(scan.moreErrorsSince);
  return [
    ...unshown.map(({ cause, owner }) => told(`${cause}${owner === undefined ? '' : ` (${owner})`}.`)),
    ...(hasMore ? [told(`causes beyond the first ${scan.causes.length}.`)] : []),
  ];
}

/** `unapprovedFindings` for every hop to come whose last look lets it go on: this is what the gate will say there if nothing changes. */
export function unapprovedOnTheWay(
  scans: KnownScans | undefined,
  cluster: Pick<ClusterRecord, 'name' | 'version'>,
  to: string,
  approved: ApprovedWave,
  now: Date,
): Reason[] {
  if (scans === undefined) return [];
  const passing = scansOfHops(scans, cluster.version, to).filter(({ verdict }) => verdict === 'pass');
  return passing.flatMap((scan) => unapprovedFindings(scan, cluster.name, approved, now));
}
