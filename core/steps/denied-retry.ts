import { errorMessage, errorName } from '../contracts/errors.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import type { Ports } from '../ports/ports.ts';

const RETRY_MINUTES = 10;

/** When an upgrade that was begun looks again after a denial: a permission that is missing for a while must not fail it. */
export const deniedRetryAt = (ports: Pick<Ports, 'clock'>): Date =>
  new Date(ports.clock.now().getTime() + RETRY_MINUTES * 60_000);

/** A denial, in AWS's words, and where to look. */
export const deniedReason = (error: unknown): Reason =>
  reason('Denied', `${errorName(error)}: ${errorMessage(error)} Run: liftlock access check`);
