import { type Reason, reason } from '../contracts/step-result.ts';
import { isShownToApprovers } from '../policy/approvals.ts';
import type { Ports } from '../ports/ports.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import type { StepContext } from './context.ts';
import { loadHopPolicy } from './hop-policy.ts';

/**
 * What a scan has found that would stop the hop if its policy did not let findings pass, and that was not known yet when the wave was approved:
 * whoever agreed has not agreed to it. One reason for each cause; empty for hops of waves that nobody approves. Expects that the report of
 * this scan is kept.
 */
export async function unapprovedFindings(ports: Pick<Ports, 'table'>, context: StepContext): Promise<Reason[]> {
  const { clusterKey, name, target } = context;
  const { wave: spec, place, read } = await loadHopPolicy(ports, context);
  const wave = place?.wave;
  if (place === undefined || wave === undefined) return [];
  const scans = (await latestScansOf(ports.table, [clusterKey])).get(clusterKey)?.scans;
  const scan = scans?.find((one) => one.target === target.toString());
  if (scan === undefined) return [];
  const requesters = { policyAppliedBy: read?.policyAppliedBy, rolloutCreatedBy: place.rollout.createdBy };
  const isShown = (since: string) => isShownToApprovers(spec?.approval, wave, requesters, since);
  const todo = `Mend it, or approve again: liftlock approve ${wave.rolloutId} ${wave.name}. Then: liftlock retry ${name}`;
  const told = (found: string) =>
    reason('FindingNotApproved', `When the wave ${wave.name} was approved this was not known: ${found} ${todo}`);
  const errors = scan.causes.filter(({ severity }) => severity === 'error');
  const unshown = errors.filter(({ since = scan.scannedAt }) => !isShown(since));
  const hasMore = scan.moreErrors !== undefined && !isShown(scan.moreErrorsSince ?? scan.scannedAt);
  return [
    ...unshown.map(({ cause, owner }) => told(`${cause}${owner === undefined ? '' : ` (${owner})`}.`)),
    ...(hasMore ? [told(`causes beyond the first ${scan.causes.length}.`)] : []),
  ];
}
