/** A mutating permission that no run here uses, and why it is granted all the same. */
interface Reserve {
  /** Name of the role. */
  readonly role: RegExp;
  readonly action: RegExp;
  readonly reason: string;
}

/** Kept small: every row is power that nothing here shows the need of. */
const RESERVES: readonly Reserve[] = [];

export function reasonToKeep(role: string, action: string): string | undefined {
  return RESERVES.find((reserve) => reserve.role.test(role) && reserve.action.test(action))?.reason;
}
