import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { waitsFor } from '../contracts/reasons.ts';
import type { Reason } from '../contracts/step-result.ts';
import { decide } from '../rollout/decide.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';

/** So many of those that go first are named. */
const MOST_BEFORE = 5;

/** Who waits for nothing but its calendars, or for an instant, may find others before it at the opening: what the decision says of it then. */
export function turnAt(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  asked: readonly Reason[],
  until: string | undefined,
): Reason[] {
  const waitsForTime = asked.length > 0 && asked.every(({ code }) => waitsFor(code) === 'window');
  if (until === undefined || !waitsForTime) return [];
  const at = new Date(until);
  const { decisions, waiting } = decide(snapshot, at);
  const own = waiting.filter(({ clusterKey }) => clusterKey === cluster.clusterKey).flatMap(({ reasons }) => reasons);
  const member = snapshot.members.find(({ clusterKey }) => clusterKey === cluster.clusterKey);
  const first = decisions.flatMap((one) =>
    one.type === 'grant-member' && one.member.rolloutId === member?.rolloutId ? one.member.name : [],
  );
  const more = first.length > MOST_BEFORE ? ` and ${first.length - MOST_BEFORE} more` : '';
  const goes =
    first.length === 0
      ? ''
      : ` ${first.slice(0, MOST_BEFORE).join(', ')}${more} ${first.length === 1 ? 'goes' : 'go'} first.`;
  return own
    .filter(({ code }) => waitsFor(code) === 'place' || waitsFor(code) === 'cap')
    .map(({ code, message }) => ({
      code,
      message: `At that opening, as things stand, it is not its turn.${goes} ${message}`,
    }));
}
