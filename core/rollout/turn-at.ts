import type { Wave } from '../contracts/items/rollout.ts';
import { waitsFor } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { some } from '../model/words.ts';
import { decide } from './decide.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** This many of the clusters that go first are named. */
const MOST_BEFORE = 5;

/**
 * What a cluster that waits only for its calendars, or for an instant, will find at its opening: others may go first, or its approval may have
 * expired. This asks the decision at that instant, once for each instant.
 */
export function turnsAt(
  snapshot: FleetSnapshot,
): (
  clusterKey: string,
  rolloutId: string | undefined,
  asked: readonly Reason[],
  until: string | undefined,
) => Reason[] {
  const decidedAt = new Map<string, ReturnType<typeof turnsOf>>();
  return (clusterKey, rolloutId, asked, until) => {
    const waitsForTime = asked.length > 0 && asked.every(({ code }) => waitsFor(code) === 'window');
    if (until === undefined || !waitsForTime) return [];
    const { waiting, first, expired } = decidedAt.get(until) ?? turnsOf(snapshot, new Date(until));
    decidedAt.set(until, { waiting, first, expired });
    const names = (first.get(rolloutId) ?? []).map(({ name }) => name);
    const goes = names.length === 0 ? '' : ` ${some(names, MOST_BEFORE)} ${names.length === 1 ? 'goes' : 'go'} first.`;
    const own = (waiting.get(clusterKey) ?? []).filter((one) => one.rolloutId === rolloutId);
    const then = own.flatMap(({ reasons }) => reasons);
    const isAnew = expired.has(clusterKey) && !then.some(({ code }) => code === 'ApprovalExpired');
    const turn = then
      .filter(({ code }) => ['place', 'cap'].includes(waitsFor(code) ?? '') || code === 'ApprovalExpired')
      .map(({ code, message }) => ({
        code,
        message:
          code === 'ApprovalExpired'
            ? `By that opening its approval has expired, unless it is given anew: ${message}`
            : `At its next opening, as things stand, it is not its turn.${goes} ${message}`,
      }));
    return isAnew ? [GIVEN_ANEW, ...turn] : turn;
  };
}

const GIVEN_ANEW = reason(
  'AutoApproved',
  'By that opening its approval has expired; as things stand Liftlock gives it anew by autoApproveWhen, and nobody has to.',
);

const keyOf = ({ rolloutId, index }: Wave): string => `${rolloutId}/${index}`;

function turnsOf(snapshot: FleetSnapshot, at: Date) {
  const early = decide(snapshot, at);
  const approved = new Map(
    early.decisions.flatMap((one) =>
      one.type === 'adjust-wave' && one.event === 'WaveApproved' ? [[keyOf(one.wave), one.changes] as const] : [],
    ),
  );
  const waves = snapshot.waves.map((wave) => ({ ...wave, ...approved.get(keyOf(wave)) }));
  // What a rule approves at that instant is approved one tick later, so the decision is made again with these approvals.
  const { decisions, waiting } = approved.size === 0 ? early : decide({ ...snapshot, waves }, at);
  const granted = decisions.flatMap((one) => (one.type === 'grant-member' ? one.member : []));
  const expired = early.waiting.filter(({ reasons }) => reasons.some(({ code }) => code === 'ApprovalExpired'));
  return {
    waiting: Map.groupBy(waiting, ({ clusterKey }) => clusterKey),
    first: Map.groupBy<string | undefined, (typeof granted)[number]>(granted, ({ rolloutId }) => rolloutId),
    expired: new Set(expired.map(({ clusterKey }) => clusterKey)),
  };
}
