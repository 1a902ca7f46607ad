import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Rollout } from '../contracts/items/rollout.ts';
import type { MachineName } from '../contracts/names.ts';
import { waitsFor } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { askerText } from '../model/asked-for.ts';
import { hopId, hopTo, isFinish, isRollback } from '../model/hop.ts';
import { Upgrades } from '../store/entities.ts';
import { KubeVersion } from '../version/kube-version.ts';

/** Machines that move a control plane: an upgrade of one of them is a hop. */
export const HOP_MACHINES: readonly MachineName[] = ['upgrade-cluster', 'upgrade-control-plane'];

/**
 * The ids of the upgrades that have to be whole before this one may begin: the hop to the version it starts from, and the upgrade that finishes that
 * version. There are none where this upgrade is neither a hop nor finishes one.
 */
export function hopsBefore(upgrade: Pick<Upgrade, 'machine' | 'from' | 'to'>): string[] {
  const { machine, from } = upgrade;
  if (!HOP_MACHINES.includes(machine)) return [];
  const hop = hopTo(KubeVersion.parse(from));
  return isFinish(upgrade) ? [hop] : [hop, hopId(from, from)];
}

/**
 * Whether an upgrade has changed its cluster and has not ended. A failed upgrade has ended: its cluster is held, and the person who takes the hold
 * off answers for what is half done.
 */
export const isHalfDone = (upgrade: Upgrade): boolean => upgrade.mutated && Upgrades.active(upgrade);

/**
 * Whether this attempt of a half-done upgrade has changed the cluster itself. Changes by an earlier attempt do not count: the first change of this
 * one is checked, and asked about, as a first change.
 */
export const hasActed = (upgrade: Upgrade | undefined): boolean =>
  upgrade !== undefined && isHalfDone(upgrade) && upgrade.noChangeYet !== true;

/** Whether the upgrade has moved everything, and only the last comparison of its cluster with before is left. */
export const isWatched = ({ status, reasons }: Pick<Upgrade, 'reasons'> & { readonly status: string }): boolean =>
  status === 'Parked' && reasons[0]?.code === 'Watching';

/** Since when the smoke check has found nothing worse than before; undefined before that, and where nothing is watched. */
export function wellSince({ steps }: Pick<Upgrade, 'steps'>): string | undefined {
  const since = steps['smoke-check']?.detail?.wellSince;
  return typeof since === 'string' ? since : undefined;
}

/**
 * Whether the upgrade goes on only to look at its cluster once more. An upgrade that found something to change in that look, and waits for a window
 * with it, does not.
 */
export const isLastLook = (upgrade: Upgrade): boolean =>
  isWatched(upgrade) ||
  (wellSince(upgrade) !== undefined && !upgrade.reasons.some(({ code }) => waitsFor(code) === 'window'));

/**
 * What was begun on a cluster beside a hop that somebody wants to begin: `before` are the hops before it, `same` is the hop itself. `rollout` wants
 * to begin it; undefined = a person does.
 */
interface Begun {
  readonly before: readonly (Upgrade | undefined)[];
  readonly same?: Upgrade | undefined;
  readonly rollout?: Pick<Rollout, 'id'> | undefined;
}

/** Why a hop has to wait. Empty where what was begun on the cluster is whole, was not changed by Liftlock, or belongs to the rollout that asks. */
export function underWayRefusals({ before, same, rollout }: Begun, name: string): Reason[] {
  if (rollout !== undefined && same !== undefined && isOthers(same, rollout)) return [sameUnderWay(same, name)];
  const halfDone = before.find((one) => one !== undefined && isHalfDone(one));
  if (halfDone === undefined) return [];
  // The command that finishes a half-done upgrade may be refused as well, so the text points to explain, which asks for that.
  const waysOut = `The next minor begins when it has ended. What it waits for, and what finishes it, says: liftlock explain cluster ${name}.`;
  return [reason('UpgradeUnderWay', `${underWay(halfDone)}: the cluster is half done. ${waysOut}`)];
}

/** Whether somebody else decides when the upgrade goes on: the person who asked for it, or another rollout in which it has changed the cluster. */
const isOthers = (upgrade: Upgrade, { id }: Pick<Rollout, 'id'>): boolean =>
  Upgrades.active(upgrade) && upgrade.rolloutId !== id && (upgrade.mutated || upgrade.rolloutId === undefined);

/** Why a hop is refused that is under way already. */
export const sameUnderWay = (hop: Upgrade, name: string): Reason =>
  reason('UpgradeUnderWay', `${underWay(hop)}. Where it stands says: liftlock explain cluster ${name}.`);

function underWay(upgrade: Upgrade): string {
  const { from, to, rolloutId, startedAt, status, reasons } = upgrade;
  const inRollout = rolloutId === undefined ? '' : ` in the rollout ${rolloutId}`;
  const since = startedAt === undefined ? '' : ` since ${startedAt}`;
  const why = reasons.length === 0 ? '' : ` (${[...new Set(reasons.map(({ code }) => code))].join(', ')})`;
  const what = isRollback(upgrade) ? 'rollback' : 'upgrade';
  return `The ${what} from ${from} to ${to}, which ${askerText(upgrade)} asked for${inRollout}, is under way${since} and ${status}${why}`;
}
