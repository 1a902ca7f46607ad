/** Who did something, where it was Liftlock itself. */
export const LIFTLOCK = 'liftlock';

/** Executions started by hand, unless CloudTrail tells; it passes no step that asks for approval (semantics.md, People). */
export const UNKNOWN_PRINCIPAL = 'unknown';
