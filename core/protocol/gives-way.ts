import type { ClusterControl } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Rollout } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { isRollback } from '../model/hop.ts';
import { isLastLook } from './hop-before.ts';
import { momentOf } from './situation.ts';
import { rolloutRefusals } from './standing-refusals.ts';
import { VETOES } from './vetoes.ts';

/** What people have ordered since the upgrade began. `ofFleet`: the refusals of the Fleet and its switch. */
interface OrdersSince {
  readonly ofFleet: readonly Reason[];
  readonly rollout: Pick<Rollout, 'id' | 'status' | 'reasons'> | undefined;
  readonly held?: ClusterControl['held'];
}

/**
 * Why an upgrade that runs gives way. What EKS works on finishes, and the next change asks for these orders; an undo or a rollback does not ask for
 * all of them.
 */
export function givesWayFor({ machine }: { readonly machine?: Upgrade['machine'] }, orders: OrdersSince): Reason[] {
  const { ofFleet, rollout, held } = orders;
  const upgrade = machine && { machine };
  const moment = momentOf(upgrade, 'later');
  const asked: ReadonlySet<string> = new Set(VETOES.flatMap((one) => (one.asked.includes(moment) ? one.codes : [])));
  const isTakenBack = held?.reason.code === 'RollingBack' && !isRollback(upgrade);
  const standing = [...ofFleet, ...rolloutRefusals(rollout)].filter(({ code }) => asked.has(code));
  return [...standing, ...(isTakenBack ? [held.reason] : [])];
}

/** Where a running upgrade gives way to an order: at its next commit. A smoke check, the last of all steps, commits nothing. */
export function givesWay(upgrade: Upgrade): string {
  if (upgrade.steps['smoke-check']?.status === 'running')
    return 'looks on to its end, since a smoke check changes nothing; only where it waits for a hook does it park';
  // Waiting for a hook ends when the grant ends, whatever ends that, so it does not wait for a next change (docs/hooks.md).
  const asks = Object.values(upgrade.steps).some(
    ({ status, reasons }) => status === 'running' && reasons.some(({ code }) => code === 'HookWaits'),
  );
  if (asks) return 'parks when it would ask its hook again';
  return isLastLook(upgrade)
    ? 'looks once more to its end; only where it finds something to change does it park'
    : 'parks at its next change';
}

/** How far an upgrade runs on that gives way, as a sentence. */
export const runsOn = (upgrade: Upgrade): string => `It runs now, and ${givesWay(upgrade)}.`;
