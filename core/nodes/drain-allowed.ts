import { type Reason, reason } from '../contracts/step-result.ts';

/** Why Liftlock drains no node of a cluster by itself: no policy says that it may. */
export function drainNotAllowed(cluster: string, policy: string | undefined): Reason {
  const where = policy === undefined ? 'no policy selects it' : `the policy ${policy} has no spec.drain`;
  const said = `Liftlock evicts no pods of ${cluster}: ${where}. Write it, and give its role access: liftlock access manifest --tier operate`;
  return reason('DrainNotAllowed', said);
}
