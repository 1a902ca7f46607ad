import { type Reason, reason } from '../contracts/step-result.ts';

/** An expression had no answer: what would have followed from it does not happen, and this says why. */
export const policyError = (whether: string, field: string, error: string): Reason =>
  reason(
    'PolicyError',
    `Nobody can say whether ${whether}: the expression in ${field} has no answer for it (${error}), and that is never a match. Correct the expression, or ask first with has(…).`,
  );
