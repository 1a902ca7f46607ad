import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { Wave as WaveSpec } from '../config/types.ts';
import type { ApprovalRecord, Wave } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { isOfPlan, lastWords, newestOfEach } from '../model/last-words.ts';
import { EVERYBODY, namesPrincipal, personOf } from '../model/principal.ts';

/** The people who may not approve where the policy asks for four eyes. */
export interface Requesters {
  readonly policyAppliedBy: readonly string[] | undefined;
  readonly rolloutCreatedBy: string;
}

type Approval = NonNullable<WaveSpec['approval']>;
export type Approved = Pick<Wave, 'rolloutId' | 'name' | 'planHash' | 'approvals' | 'startedAt' | 'planAuthors'>;

const VOIDED = 'Its plan has changed since it was approved, which voided that.';

/**
 * Why a wave may not begin for want of approval; empty = it may. Approvals bind to the wave's plan hash; the last word of each person
 * counts; they must hold when the first cluster starts, and expiry never stops a wave that runs (policies.md, Approvals).
 */
export function approvalRefusals(
  spec: Pick<WaveSpec, 'approval'> | undefined,
  wave: Approved,
  requesters: Requesters,
  now: Date,
): Reason[] {
  const approval = spec?.approval;
  if (approval === undefined || !approval.before) return [];
  const words = lastWords(wave);
  const barred = whyBarred(approval, wave, requesters);
  const rejected = words.find(({ decision }) => decision === 'Rejected');
  if (rejected !== undefined) {
    const why = rejected.comment === undefined ? '' : `: ${rejected.comment}`;
    const ends = rejectionEnds(wave, barred(rejected));
    const said = `The wave ${wave.name} was rejected by ${rejected.principal} at ${rejected.at}${why}. ${ends}`;
    return [reason('ApprovalRejected', said)];
  }
  const at = wave.startedAt === undefined ? now : new Date(wave.startedAt);
  const given = words.filter((word) => barred(word).length === 0);
  const holding = given.filter((word) => !isExpired(approval, word, at));
  if (holding.length >= approval.approvals) return [];
  const expired = given.length - holding.length;
  const more = `${holding.length} of ${approval.approvals} approvals`;
  const after = expired === 0 ? '' : `; ${expired} expired after ${approval.expiresAfter}`;
  const approved = newestOfEach(wave.approvals ?? []).filter(({ decision }) => decision === 'Approved');
  const voided = approved.some((word) => !isOfPlan(word, wave) && barred(word).length === 0);
  const since = new Set([...(voided ? [VOIDED] : []), ...approved.flatMap(barred).map(({ message }) => message)]);
  const { autoApproveWhen: rule } = approval;
  const byItself = rule === undefined ? '' : `One is given by itself once this is true: ${rule}. `;
  const how = `${byItself}Run: liftlock approve ${wave.rolloutId} ${wave.name}`;
  return [
    reason(
      expired > 0 ? 'ApprovalExpired' : 'ApprovalMissing',
      [`The wave ${wave.name} has ${more}${after}.`, ...since, how].join(' '),
    ),
  ];
}

/** Why an approval of this wave does not count; empty = it does. */
function whyBarred(approval: Approval, wave: Approved, requesters: Requesters): (word: ApprovalRecord) => Reason[] {
  const all = requestersOf(wave, requesters);
  return (word) => (word.principal === LIFTLOCK ? ofRule(approval, word) : mayApprove(approval, word.principal, all));
}

/**
 * Whether as many approvals as the wave asks for were given after something became known of one of its clusters, since earlier ones did not show it
 * to the approver. A wave that asks for no approval agrees to everything that its policy lets pass.
 *
 * @param since RFC 3339, UTC
 */
export function isShownToApprovers(
  approval: WaveSpec['approval'],
  wave: Approved,
  requesters: Requesters,
  since: string,
): boolean {
  if (approval === undefined || !approval.before) return true;
  const barred = whyBarred(approval, wave, requesters);
  const showing = lastWords(wave).filter(
    (word) => word.decision === 'Approved' && word.at >= since && barred(word).length === 0,
  );
  return showing.length >= approval.approvals;
}

/**
 * What ends the rejection of a wave. The requester may reject and, under four eyes, may take that back but not approve alone; a person who is no
 * approver any more can do neither. The plan of a wave that has begun is fixed.
 *
 * @param barred why an approval by the person who rejected the wave would not count
 */
function rejectionEnds({ rolloutId, name, startedAt }: Approved, barred: readonly Reason[]): string {
  const hasBegun = startedAt !== undefined;
  const orPlan = hasBegun ? '' : ', or when the plan changes and is approved';
  if (barred.length === 0) return `It goes on when they approve${orPlan}.`;
  if (barred.every(({ code }) => code === 'FourEyes'))
    return `They may not approve it themselves (fourEyes): it goes on when they take that back (liftlock approve ${rolloutId} ${name}) and others approve${orPlan}.`;
  return hasBegun
    ? 'They may not approve it themselves, and its plan is fixed since it began: abort the rollout and create another one for what is left.'
    : 'They may not approve it themselves: it goes on when the plan changes and is approved.';
}

/** How many clusters the plan of a wave upgrades. */
export const clustersOf = ({ members, excluded }: Pick<Wave, 'members' | 'excluded'>): number => members - excluded;

/**
 * The requesters with the authors of the wave's own plan. A wave keeps its plan from when it opens, and a retry may open it again under a policy of
 * somebody else: whoever wrote what the plan was made from may not approve it then either.
 */
export const requestersOf = ({ planAuthors = [] }: Pick<Wave, 'planAuthors'>, requesters: Requesters): Requesters => ({
  ...requesters,
  policyAppliedBy: [...(requesters.policyAppliedBy ?? []), ...planAuthors],
});

/** Why this person's approval would not count; empty = it would. */
export function mayApprove(approval: Approval, principal: string, requesters: Requesters): Reason[] {
  const person = personOf(principal);
  if (person === undefined)
    return [reason('NotAnApprover', `Nobody knows who ${principal} is, and only people approve.`)];
  const reasons: Reason[] = [];
  const hasApplied = requesters.policyAppliedBy?.some((author) => person === personOf(author)) === true;
  if (approval.fourEyes && (hasApplied || person === personOf(requesters.rolloutCreatedBy))) {
    const what = hasApplied ? 'applied the policy or its Channel' : 'created the rollout';
    reasons.push(reason('FourEyes', `${principal} ${what}, and somebody else has to approve (fourEyes).`));
  }
  const { from = [EVERYBODY] } = approval;
  if (!from.some((pattern) => namesPrincipal(pattern, principal)))
    reasons.push(reason('NotAnApprover', `${principal} is not among those who may approve: ${from.join(', ')}.`));
  return reasons;
}

/** An approval by a rule counts as long as the policy in force states that rule, whoever applied it. */
function ofRule({ autoApproveWhen }: Approval, { comment = '' }: ApprovalRecord): Reason[] {
  if (comment === autoApproveWhen) return [];
  return [reason('NotAnApprover', `Liftlock approved it by a rule that the policy does not state: ${comment}.`)];
}

/** Until when a wave that has not begun has as many valid approvals as it asks for; undefined = for good, or it has too few now. */
export function approvedUntil(approval: Approval, wave: Approved, requesters: Requesters, now: Date): Date | undefined {
  if (!approval.before || approvalRefusals({ approval }, wave, requesters, now).length > 0) return undefined;
  const barred = whyBarred(approval, wave, requesters);
  const counting = lastWords(wave).filter((word) => barred(word).length === 0);
  const ends = counting.flatMap((word) => holdsUntil(approval, word) ?? []);
  return ends.toSorted((a, b) => b.getTime() - a.getTime())[approval.approvals - 1];
}

/** Until when an approval counts for a wave that has not begun; undefined = for good. */
const holdsUntil = (approval: Approval | undefined, { at }: Pick<ApprovalRecord, 'at'>): Date | undefined =>
  approval?.expiresAfter === undefined
    ? undefined
    : new Date(Date.parse(at) + durationMilliseconds(approval.expiresAfter));

export function isExpired(approval: Approval | undefined, word: ApprovalRecord, at: Date): boolean {
  const until = holdsUntil(approval, word);
  return until !== undefined && at >= until;
}
