import type { ClusterControl } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { isRollback } from '../model/hop.ts';
import { isLastLook } from '../protocol/hop-before.ts';
import { momentOf } from '../protocol/situation.ts';
import { VETOES } from '../protocol/vetoes.ts';
import { after, said, type Verdict } from './verdict-words.ts';

/** The verdict while an upgrade runs. No instant is given: what has begun waits for none, and the upgrade says when that was. `orders`: orders that people have given since to the fleet and to its rollout. */
export function whileItRuns(upgrade: Upgrade, orders: readonly Reason[], held: ClusterControl['held']): Verdict {
  const begun = Object.entries(upgrade.steps);
  const [step, state] = begun.filter(([, one]) => one.status === 'running').at(-1) ?? [];
  const between = begun.length === 0 ? 'it has just begun' : 'it is between two steps';
  const text = step === undefined ? between : `${step} runs since ${state?.startedAt}`;
  const isTakenBack = held?.reason.code === 'RollingBack' && !isRollback(upgrade);
  // What EKS works on finishes, and the next change asks for these orders. An undo or a rollback does not ask for all of them.
  const asked = codesAsked(upgrade);
  const parks = [...orders.filter(({ code }) => asked.has(code)), ...(isTakenBack ? [held.reason] : [])];
  return said(
    after(parks.length === 0 ? 'It runs now.' : `It runs now, and ${givesWay(upgrade)}.`),
    reason('Running', `${nameOfUpgrade(upgrade)} runs: ${text}.`),
    ...parks,
    ...(state?.reasons ?? []),
  );
}

function codesAsked(upgrade: Upgrade): ReadonlySet<string> {
  const moment = momentOf(upgrade, 'later');
  return new Set(VETOES.flatMap(({ asked, codes }) => (asked.includes(moment) ? codes : [])));
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

function nameOfUpgrade({ id, machine, from, to, input }: Upgrade): string {
  if (machine === 'drain-nodes') return `The drain of ${input?.nodegroup}`;
  if (machine === 'restore-nodes')
    return `The undo of what ${/^undo-drain-/.test(id) ? 'a drain' : 'an upgrade'} has left`;
  return `The ${machine === 'rollback-cluster' ? 'rollback' : 'upgrade'} from ${from} to ${to}`;
}
