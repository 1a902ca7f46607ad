import type { Member, Wave } from '../contracts/items/rollout.ts';
import { isMember } from '../store/members.ts';

/**
 * Waves whose members may run. Stragglers run after their wave has ended, under its limits; one may still decide a wave that was undecided.
 * Where members run a budget can be exceeded, so these are also the waves that can be halted.
 */
const GRANTING = ['Open', 'Soaking', 'Completed', 'CompletedWithFailures', 'Undecided'] as const;
export const GRANTING_WAVES: readonly Wave['status'][] = GRANTING;
export const isGranting = (status: Wave['status']): status is (typeof GRANTING)[number] =>
  GRANTING_WAVES.includes(status);

/**
 * What a wave is again that goes on. One that came to its end without having opened, since nobody of it could begin, has still to: its hooks, approvals and
 * `requireReady` were never asked.
 */
export const reopenedAs = ({ openedAt }: Pick<Wave, 'openedAt'>): 'Open' | 'Pending' =>
  openedAt === undefined ? 'Pending' : 'Open';

/** Waves after which the next one may begin. */
export const PASSED_WAVES: readonly Wave['status'][] = ['Completed', 'CompletedWithFailures', 'Skipped'];

const WAITING = ['Pending', 'Parked', 'Quarantined'] as const;
export const isWaiting = (status: Member['status']): status is (typeof WAITING)[number] =>
  WAITING.some((waiting) => waiting === status);

/** Whether the plan that the wave is of has this member: what was approved, and no later one. */
export const isPlanned = (
  member: Member,
  wave: Wave,
): member is Member & { status: Exclude<Member['status'], 'Left'> } =>
  isMember(member) && (member.plan ?? 0) <= (wave.plan ?? 0);
