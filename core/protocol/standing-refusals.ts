import type { FleetSpec } from '../config/types.ts';
import type { ClusterControl } from '../contracts/items/cluster.ts';
import type { FleetControl, Rollout } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { hopId, hopTo } from '../model/hop.ts';
import { sentence } from '../model/words.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import { stopsOf, stopText } from './fleet-stops.ts';
import { pausesOf } from './rollout-pauses.ts';

/** What forbids a grant and a commit alike, in the same words, so that people meet one reason for one thing. */
export const NO_EPOCH = reason('NoEpoch', 'The table has no epoch: it is not set up, or it is being restored.');

export const NO_FLEET = reason(
  'FleetNotConfigured',
  'No Fleet is applied, so nothing may be changed. Run: liftlock apply -f fleet.yaml',
);

export const OBSERVE_MODE = reason(
  'ObserveMode',
  'The fleet is in mode "observe": Liftlock only looks until the Fleet is applied with mode: act.',
);

/** The fleet's mode and its switch. */
export function fleetRefusals(fleet: FleetSpec, control: FleetControl | undefined): Reason[] {
  const reasons = fleet.mode === 'act' ? [] : [OBSERVE_MODE];
  const [first, ...beside] = stopsOf(control);
  if (first === undefined) return reasons;
  const too = beside.map((one) => ` And at ${one.at} by ${sentence(stopText(one))}`);
  return [...reasons, reason('FleetStopped', `The fleet was stopped by ${sentence(stopText(first))}${too.join('')}`)];
}

/** Reasons that a person's order for the rollout gives against its upgrades that are under way. */
export function rolloutRefusals(rollout: Pick<Rollout, 'id' | 'status' | 'reasons'> | undefined): Reason[] {
  if (rollout?.status === 'Paused') {
    const by = pausesOf(rollout).map(({ message }) => sentence(message));
    const said = by.length === 0 ? 'is paused.' : `was paused by ${by.join(' And by ')}`;
    return [reason('RolloutPaused', `The rollout ${rollout.id} ${said}`)];
  }
  if (rollout?.status === 'Aborted') return [reason('RolloutAborted', `The rollout ${rollout.id} was aborted.`)];
  return [];
}

/**
 * Reasons that a halted rollout gives for everything that it has begun and that does not run: the reconciler does not look at the rollout until a
 * person has it go on.
 */
export const haltRefusals = (rollout: Pick<Rollout, 'id' | 'status' | 'reasons'> | undefined): Reason[] =>
  rollout?.status === 'Halted'
    ? [reason('RolloutHalted', `The rollout ${rollout.id} is halted: nothing begins in it.`), ...rollout.reasons]
    : [];

/**
 * Why a hold keeps the upgrade from going on. Empty when the cluster is not held, or when a retry lets exactly this upgrade to `target` be tried
 * again by its rollout, and that rollout asks (`isOfRetry`).
 */
export function holdRefusals(control: ClusterControl | undefined, target?: KubeVersion, isOfRetry?: boolean): Reason[] {
  const { held, retried } = control ?? {};
  if (held !== undefined) return [reason('Held', `The cluster is held since ${held.since}: ${held.reason.message}`)];
  if (retried === undefined || target === undefined) return [];
  const own: (string | undefined)[] = [hopTo(target), hopId(target, target)];
  if (isOfRetry === true && own.includes(retried.upgradeId)) return [];
  // The hold is off, so the sentence of its reason that forbids everything before a retry is over too; the text below says what is so now.
  const isBack = retried.reason.code === 'RolledBack';
  const became = isBack ? 'was taken back' : `has failed half-way (${retried.reason.message})`;
  const said = `The upgrade ${retried.upgradeId} ${became}, and only the rollout that it was retried in ${isBack ? 'makes it again' : 'goes on with it'}: nothing else begins before it has succeeded, or that rollout is aborted and a person releases the cluster.`;
  return [reason('Held', said)];
}
