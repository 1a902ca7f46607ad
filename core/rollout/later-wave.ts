import type { Wave as WaveSpec } from '../config/types.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { isSame } from '../model/is-same.ts';

const MOST_NAMES = 5;

/**
 * A wave that has begun takes nobody in, so who matches it and joins afterwards goes with the first one that has not. It is not left out: a
 * cluster of a lower environment is not to stay behind production. But that it comes so late is never without a word.
 */
export function withLaterWave(member: Member, own: string | undefined, wave: string | undefined): Member {
  if (own === undefined || own === wave) return member;
  const said = `Its own wave ${own} has begun and takes nobody in any more, so it goes with the wave ${wave}.`;
  return { ...member, reasons: [...member.reasons, reason('LaterWave', said)] };
}

/**
 * Whether a wave asks for no less than a cluster's own one, which has begun: the same people and no fewer, the same calendars. Elsewhere the
 * cluster would go without what its policy says of it; the next rollout takes it.
 */
export function asksNoLess({ approval, calendar, mayOverrun }: WaveSpec, own: WaveSpec): boolean {
  const calendars = [calendar ?? []].flat();
  const isOpen = [own.calendar ?? []].flat().every((name) => calendars.includes(name));
  const people = Math.max(own.approval?.approvals ?? 0, approval?.approvals ?? 0);
  const isAgreed = own.approval === undefined || isSame(approval, { ...own.approval, approvals: people });
  return isOpen && isAgreed && (own.mayOverrun || !mayOverrun);
}

const isLaterWave = ({ code }: Reason): boolean => code === 'LaterWave';

/** The word that a member goes later than its own wave; it stays while other reasons come and go. */
export const laterWaveOf = ({ reasons }: Pick<Member, 'reasons'>): Reason[] => reasons.filter(isLaterWave);

/** What else is said of a member. */
export const besideLaterWave = ({ reasons }: Pick<Member, 'reasons'>): Reason[] =>
  reasons.filter((one) => !isLaterWave(one));

/** The same of a plan: a reason for each wave that takes in somebody whose own has begun. Who was told before is not told again. */
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
