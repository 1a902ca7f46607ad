import type { Member, Wave } from '../contracts/items/rollout.ts';
import { isMember } from '../store/entities.ts';

/**
 * Waves whose members may run. Stragglers run after their wave has ended, under its limits, and a straggler may still decide a wave that was
 * Undecided. A running member can exceed the budget, so these are also the waves that can be halted.
 */
const GRANTING = ['Open', 'Soaking', 'Completed', 'CompletedWithFailures', 'Undecided'] as const;
export const GRANTING_WAVES: readonly Wave['status'][] = GRANTING;
export const isGranting = (status: Wave['status']): status is (typeof GRANTING)[number] =>
  GRANTING_WAVES.includes(status);

/**
 * The status of a wave that goes on again. A wave may have ended without having opened, since none of its clusters could begin: it is Pending again,
 * because nobody has asked its hooks, its approvals and `requireReady` yet.
 */
export const reopenedAs = ({ openedAt }: Pick<Wave, 'openedAt'>): 'Open' | 'Pending' =>
  openedAt === undefined ? 'Pending' : 'Open';

/** Waves after which the next one may begin. */
export const PASSED_WAVES: readonly Wave['status'][] = ['Completed', 'CompletedWithFailures', 'Skipped'];

const WAITING = ['Pending', 'Parked', 'Quarantined'] as const;
export const isWaiting = (status: Member['status']): status is (typeof WAITING)[number] =>
  WAITING.some((waiting) => waiting === status);

/** Whether the plan that the wave belongs to has this member: a later plan, which nobody has approved yet, does not count. */
export const isPlanned = (
  member: Member,
  wave: Wave,
): member is Member & { status: Exclude<Member['status'], 'Left'> } =>
  isMember(member) && (member.plan ?? 0) <= (wave.plan ?? 0);
