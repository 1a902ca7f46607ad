import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Rollout } from '../contracts/items/rollout.ts';
import type { MachineName } from '../contracts/names.ts';
import { waitsFor } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { hopId, hopTo, isFinish } from '../model/hop.ts';
import { Upgrades } from '../store/entities.ts';
import { KubeVersion } from '../version/kube-version.ts';

/** Machines that move a control plane: what they begin is a hop. */
export const HOP_MACHINES: readonly MachineName[] = ['upgrade-cluster', 'upgrade-control-plane'];

/**
 * The ids of the upgrades that have to be whole before this one may begin: the hop to where it begins, and what finishes that version; none
 * where it is neither a hop nor finishes one.
 */
export function hopsBefore(upgrade: Pick<Upgrade, 'machine' | 'from' | 'to'>): string[] {
  const { machine, from } = upgrade;
  if (!HOP_MACHINES.includes(machine)) return [];
  const hop = hopTo(KubeVersion.parse(from));
  return isFinish(upgrade) ? [hop] : [hop, hopId(from, from)];
}

/**
 * Whether an upgrade has changed its cluster and is not at its end. One that failed is: its cluster is held, and who takes the hold off
 * answers for what is half done.
 */
export const isHalfDone = (upgrade: Upgrade): boolean => upgrade.mutated && Upgrades.active(upgrade);

/**
 * The same of an attempt that has changed the cluster itself. What an attempt before it has changed says nothing of it: what it does first is checked, and
 * asked about, as such.
 */
export const hasActed = (upgrade: Upgrade | undefined): boolean =>
  upgrade !== undefined && isHalfDone(upgrade) && upgrade.noChangeYet !== true;

/** Whether all of it has moved, and the cluster is only to be compared with before once more. */
export const isWatched = ({ status, reasons }: Pick<Upgrade, 'reasons'> & { readonly status: string }): boolean =>
  status === 'Parked' && reasons[0]?.code === 'Watching';

/** Since when the smoke check has found nothing worse than before; undefined before, and where nothing is watched. */
export function wellSince({ steps }: Pick<Upgrade, 'steps'>): string | undefined {
  const since = steps['smoke-check']?.detail?.wellSince;
  return typeof since === 'string' ? since : undefined;
}

/** Whether it goes on only to look once more. One that found something to change then, and waits for a window with it, does not. */
export const isLastLook = (upgrade: Upgrade): boolean =>
  isWatched(upgrade) ||
  (wellSince(upgrade) !== undefined && !upgrade.reasons.some(({ code }) => waitsFor(code) === 'window'));

/** What was begun on a cluster beside a hop that somebody wants to begin: the hops before it, and the very same. `rollout`: who wants to; undefined = a person. */
interface Begun {
  readonly before: readonly (Upgrade | undefined)[];
  readonly same?: Upgrade | undefined;
  readonly rollout?: Pick<Rollout, 'id'> | undefined;
}

/** Why a hop has to wait; empty where what was begun is whole, was never Liftlock's, or is the rollout's own. */
export function underWayRefusals({ before, same, rollout }: Begun, name: string): Reason[] {
  if (rollout !== undefined && same !== undefined && isOthers(same, rollout)) return [sameUnderWay(same, name)];
  const halfDone = before.find((one) => one !== undefined && isHalfDone(one));
  if (halfDone === undefined) return [];
  // What finishes one that its rollout has left may be refused as well: explain asks for that.
  const waysOut = `The next minor begins when it has ended. What it waits for, and what finishes it, says: liftlock explain cluster ${name}.`;
  return [reason('UpgradeUnderWay', `${underWay(halfDone)}: the cluster is half done. ${waysOut}`)];
}

/** Whether somebody else decides when it goes on: the person who asked for it, or the rollout in which it has changed the cluster. */
const isOthers = (upgrade: Upgrade, { id }: Pick<Rollout, 'id'>): boolean =>
  Upgrades.active(upgrade) && upgrade.rolloutId !== id && (upgrade.mutated || upgrade.rolloutId === undefined);

/** Why a hop is not begun that is under way itself. */
export const sameUnderWay = (hop: Upgrade, name: string): Reason =>
  reason('UpgradeUnderWay', `${underWay(hop)}. Where it stands says: liftlock explain cluster ${name}.`);

function underWay({ from, to, requestedBy, rolloutId, startedAt, status, reasons }: Upgrade): string {
  const inRollout = rolloutId === undefined ? '' : ` in the rollout ${rolloutId}`;
  const since = startedAt === undefined ? '' : ` since ${startedAt}`;
  const why = reasons.length === 0 ? '' : ` (${[...new Set(reasons.map(({ code }) => code))].join(', ')})`;
  return `The upgrade from ${from} to ${to}, which ${requestedBy} asked for${inRollout}, is under way${since} and ${status}${why}`;
}
