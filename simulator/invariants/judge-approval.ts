import { durationMilliseconds } from '../../core/config/schema/quantities.ts';
import { LIFTLOCK } from '../../core/contracts/principals.ts';
import { Configs } from '../../core/store/entities.ts';
import { type ApprovalOnRecord, approvalAt } from './approvals-at.ts';
import { type PlaceAt, placeAt } from './commit-at.ts';
import type { Violation } from './history.ts';
import { type Judge, type Moment, SKEW_MILLISECONDS } from './judge.ts';

/**
 * 9 `approval`: the first grant of a wave that asks for approval comes with enough approvals: of different people, not expired, none of them
 * by who applied the policy or created the rollout where four eyes are asked for, and all bound to the wave's plan hash of that moment.
 * The last word of each person counts, and nobody's last word may be a rejection (semantics.md, Approval).
 */
export const judgeApproval = (): Judge => {
  const records: ApprovalOnRecord[] = [];
  const begun = new Set<string>();
  return (moment) => {
    const record = approvalAt(moment);
    if (record !== undefined) records.push(record);
    if (moment.item.event !== 'Granted') return [];
    const place = placeAt(moment.store, moment.item.detail);
    if (place?.spec?.approval?.before !== true) return [];
    const key = `${place.rollout.id}/${place.wave.index}`;
    if (begun.has(key)) return [];
    begun.add(key);
    return missing(moment, place, records);
  };
};

function missing({ item, store, at }: Moment, place: PlaceAt, records: readonly ApprovalOnRecord[]): Violation[] {
  const { rollout, wave, spec } = place;
  const asked = spec?.approval;
  if (asked === undefined) return [];
  const own = records.filter((one) => one.rolloutId === rollout.id && one.waveIndex === wave.index);
  const lasts = asked.expiresAfter === undefined ? Number.POSITIVE_INFINITY : durationMilliseconds(asked.expiresAfter);
  const author = store.get(Configs, 'UpgradePolicy', rollout.policy)?.appliedBy;
  // Of this plan alone, the last word of each person.
  const words = new Map(own.filter((one) => one.hash === wave.planHash).map((one) => [one.principal, one]));
  const rejected = [...words.values()].find((one) => one.type === 'rejected');
  if (rejected !== undefined) {
    const message = `the wave ${wave.name} of ${rollout.id} began at ${item.at} although ${rejected.principal} rejects it`;
    return [{ invariant: 'approval', message }];
  }
  const valid = [...words.values()].filter(
    (one) =>
      one.at + lasts + SKEW_MILLISECONDS >= at &&
      (one.principal === LIFTLOCK ||
        !(asked.fourEyes && (one.principal === rollout.createdBy || one.principal === author))),
  );
  const people = new Set(valid.map((one) => one.principal)).size;
  if (people >= asked.approvals) return [];
  const message = `the wave ${wave.name} of ${rollout.id} began at ${item.at} with ${people} of ${asked.approvals} approvals that count`;
  return [{ invariant: 'approval', message }];
}
