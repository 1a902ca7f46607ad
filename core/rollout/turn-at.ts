import { waitsFor } from '../contracts/reasons.ts';
import type { Reason } from '../contracts/step-result.ts';
import { some } from '../model/words.ts';
import { decide } from './decide.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** So many of those that go first are named. */
const MOST_BEFORE = 5;

/**
 * Who waits for nothing but its calendars, or for an instant, may find others before it at the opening, or its approval expired: what the decision says of
 * it then, each instant being decided once.
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
    const { waiting, first } = decidedAt.get(until) ?? turnsOf(snapshot, new Date(until));
    decidedAt.set(until, { waiting, first });
    const names = (first.get(rolloutId) ?? []).map(({ name }) => name);
    const goes = names.length === 0 ? '' : ` ${some(names, MOST_BEFORE)} ${names.length === 1 ? 'goes' : 'go'} first.`;
    return (waiting.get(clusterKey) ?? [])
      .flatMap(({ reasons }) => reasons)
      .filter(({ code }) => ['place', 'cap'].includes(waitsFor(code) ?? '') || code === 'ApprovalExpired')
      .map(({ code, message }) => ({
        code,
        message:
          code === 'ApprovalExpired'
            ? `By that opening its approval has expired, unless it is given anew: ${message}`
            : `At its next opening, as things stand, it is not its turn.${goes} ${message}`,
      }));
  };
}

function turnsOf(snapshot: FleetSnapshot, at: Date) {
  const { decisions, waiting } = decide(snapshot, at);
  const granted = decisions.flatMap((one) => (one.type === 'grant-member' ? one.member : []));
  return {
    waiting: Map.groupBy(waiting, ({ clusterKey }) => clusterKey),
    first: Map.groupBy<string | undefined, (typeof granted)[number]>(granted, ({ rolloutId }) => rolloutId),
  };
}
