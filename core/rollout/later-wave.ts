import type { Wave as WaveSpec } from '../config/types.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { isSame } from '../model/is-same.ts';

const MOST_NAMES = 5;

/**
 * A wave that has begun takes no cluster in, so a cluster that joins afterwards and matches it goes with the first wave that has not begun. It is not
 * left out: a cluster of a lower environment must not stay behind production. A reason on the member says that it comes so late.
 */
export function withLaterWave(member: Member, own: string, wave: string): Member {
  if (own === wave) return member;
  const said = `Its own wave ${own} has begun and takes nobody in any more, so it goes with the wave ${wave}.`;
  return { ...member, reasons: [...member.reasons, reason('LaterWave', said)] };
}

/**
 * Whether a wave asks for no less than the cluster's own wave, which has begun: the same people and no fewer, the same calendars. In any other wave
 * the cluster would go without what its policy asks for it; the next rollout takes it.
 */
export function asksNoLess({ approval, calendar, mayOverrun }: WaveSpec, own: WaveSpec): boolean {
  const calendars = [calendar ?? []].flat();
  const isOpen = [own.calendar ?? []].flat().every((name) => calendars.includes(name));
  const people = Math.max(own.approval?.approvals ?? 0, approval?.approvals ?? 0);
  const isAgreed = own.approval === undefined || isSame(approval, { ...own.approval, approvals: people });
  return isOpen && isAgreed && (own.mayOverrun || !mayOverrun);
}

const isLaterWave = ({ code }: Reason): boolean => code === 'LaterWave';

/** The reason that a member goes later than its own wave; it stays while other reasons come and go. */
export const laterWaveOf = ({ reasons }: Pick<Member, 'reasons'>): Reason[] => reasons.filter(isLaterWave);

/** The other reasons of a member. */
export const besideLaterWave = ({ reasons }: Pick<Member, 'reasons'>): Reason[] =>
  reasons.filter((one) => !isLaterWave(one));

/**
 * The reasons for a plan: one for each wave that takes in clusters whose own wave has begun. A member that had the same reason before is not told
 * again.
 */
export function toldOfLaterWaves(
  before: readonly Member[],
  next: readonly Member[],
  waves: readonly string[],
): Reason[] {
  const wordOf = (member: Member): string => laterWaveOf(member)[0]?.message ?? '';
  const was = new Map(before.map((member) => [member.clusterKey, wordOf(member)]));
  const late = next.filter((member) => wordOf(member) !== '' && wordOf(member) !== was.get(member.clusterKey));
  return [...Map.groupBy(late, ({ waveIndex }) => waveIndex)].map(([index, members]) => {
    const names = members.slice(0, MOST_NAMES).map(({ name }) => name);
    const said = `${members.length} put into the wave ${waves[index]}, since the wave that matches has begun: ${names.join(', ')}.`;
    return reason('LaterWave', said);
  });
}
