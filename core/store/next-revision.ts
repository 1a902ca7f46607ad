import type { Expected } from '../ports/table.ts';

/** Small numbers: a revision is part of every item. */
const ORIGIN = Date.parse('2026-01-01T00:00:00Z');

/** The least revision of an audited write at this time: milliseconds since 2026, in which no item is written twice. */
export const revisionOf = (at: Date): number => at.getTime() - ORIGIN;

/**
 * The revision of a write over what was expected: one more, and no less than its time. A table that was restored continues from an older
 * item, beside what was written after the point of restore and is lost from the table but not from the audit; since a restore takes longer than
 * clocks differ, what is written after it is newer than all of that, in the audit and in every copy of the table (docs/protocol.md, Restore).
 */
export const nextRevision = (expect: Exclude<Expected, 'any'>, at: Date): number =>
  Math.max(expect === 'absent' ? 1 : expect + 1, revisionOf(at));
