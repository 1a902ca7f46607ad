import type { Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { clusterNameOf, idOfKey } from '../model/cluster-key.ts';
import { counted, some } from '../model/words.ts';

/** How many failures the wave may have: its budget, or as many as a person has accepted. */
export const allowedFailures = (wave: Pick<Wave, 'maxFailures' | 'acceptedFailures'>): number =>
  Math.max(wave.maxFailures, wave.acceptedFailures ?? 0);

/** Whether more upgrades have failed than may: then the wave halts (semantics.md, Failure budget). */
export const exceedsBudget = (wave: Pick<Wave, 'failed' | 'maxFailures' | 'acceptedFailures'>): boolean =>
  wave.failed > allowedFailures(wave);

/**
 * Whether the failures of a wave leave it without proof: some clusters were tried, none succeeded, and no person has accepted that (semantics.md,
 * Waves).
 */
export const hasNoneSucceeded = (wave: Pick<Wave, 'succeeded' | 'failed' | 'acceptedFailures'>): boolean =>
  wave.succeeded === 0 && wave.failed > (wave.acceptedFailures ?? 0);

/** The reason, for people, that more have failed than may, with the numbers as counted now. */
export function overBudget(wave: Pick<Wave, 'name' | 'failed' | 'maxFailures' | 'acceptedFailures'>): Reason {
  const { name, failed } = wave;
  const said = `${counted(failed, 'upgrade')} of the wave ${name} failed and at most ${allowedFailures(wave)} may.`;
  return reason('FailureBudgetExceeded', said);
}

/** What keeps a wave halted, for people. */
export const whyHalted = (wave: Wave): string =>
  exceedsBudget(wave) || wave.reasons.length === 0
    ? `${wave.failed} failed and at most ${allowedFailures(wave)} may.`
    : wave.reasons.map(({ message }) => message).join(' ');

export const failuresOf = (waves: readonly Pick<Wave, 'failed'>[]): number =>
  waves.reduce((sum, wave) => sum + wave.failed, 0);

/** Waves that halt when more of them fail than may; one that has passed is not judged anew. */
export const MAY_HALT: readonly Wave['status'][] = ['Open', 'Undecided', 'Soaking'];

/** Why nothing begins after these waves, and none of them passes: something that one of them has proved is being taken back (semantics.md, Waves). */
export function goesBack(waves: readonly Pick<Wave, 'name' | 'goingBack'>[]): Reason | undefined {
  const wave = waves.find(({ goingBack = [] }) => goingBack.length > 0);
  if (wave === undefined) return undefined;
  const names = (wave.goingBack ?? []).map(clusterNameOf);
  const said = `Nothing begins after the wave ${wave.name} before the rollback of ${names.join(', ')} has ended; one that has failed half-way is gone on with, or let go: liftlock explain cluster ${idOfKey(wave.goingBack?.[0] ?? '')}`;
  return reason('GoesBack', said);
}

/** The reason where this cluster itself goes back, whatever became of its upgrade; undefined where it does not. */
export const goesBackItself = ({ goingBack }: Pick<Wave, 'goingBack'>, clusterKey: string): Reason | undefined =>
  goingBack?.includes(clusterKey) === true
    ? reason(
        'GoesBack',
        `It is being taken back, or that has failed half-way: liftlock explain cluster ${clusterNameOf(clusterKey)}`,
      )
    : undefined;

/**
 * Why nothing begins after these waves: one of them is halted, or will halt when its turn comes. Waves that a retry has opened again are judged one
 * after the other, and a budget may have been lowered meanwhile.
 */
export function haltedBefore(earlier: readonly Wave[]): Reason | undefined {
  const halted = earlier.find(
    (one) => one.status === 'Halted' || (MAY_HALT.includes(one.status) && exceedsBudget(one)),
  );
  if (halted === undefined) return undefined;
  const stands = halted.status === 'Halted' ? 'is halted' : 'is going to halt';
  const said = `The wave ${halted.name}, before it, ${stands}: ${whyHalted(halted)}`;
  return reason('EarlierWaveHalted', said);
}

/** How many members of the wave's own had upgrades that came to an end. */
export const judgedOf = ({ succeeded, failed, strays = 0 }: Pick<Wave, 'succeeded' | 'failed' | 'strays'>): number =>
  succeeded + failed - strays;

/** Why one more cluster of a wave may not be in flight now; undefined = it may. */
export function waveRefusal(wave: Wave): Reason | undefined {
  if (exceedsBudget(wave)) return overBudget(wave);
  const { name, inFlight } = wave;
  const { canaries, passed } = canariesOf(wave);
  if (passed < canaries && inFlight >= 1) {
    const said = `Clusters of the wave ${name} go one after the other until ${canaries} of them, its canaries, have succeeded; ${passed} have.`;
    return reason('CanaryFirst', said);
  }
  if (inFlight >= wave.maxConcurrency) {
    const said = `${inFlight} of at most ${wave.maxConcurrency} clusters of the wave ${name} are in flight.`;
    return reason('WaveFull', said);
  }
  const budget = wave.countInFlight === true && inFlight >= leftToFail(wave) ? budgetInFlight(wave) : undefined;
  return backRefusal(wave, inFlight + 1) ?? budget;
}

/**
 * Why a cluster that has its place in the wave and has changed nothing may not begin: since it was let in, clusters go back that take a place as
 * well, or clusters have failed that were not in flight (a person had upgraded them), so not all clusters in flight may still fail.
 */
export function placeRefusal(wave: Wave): Reason | undefined {
  const budget = wave.countInFlight === true && wave.inFlight > leftToFail(wave) ? budgetInFlight(wave) : undefined;
  return backRefusal(wave, wave.inFlight) ?? budget;
}

/** How many clusters of a wave are to be upgraded. Those that were set aside as it opened did not count as needing work, and may come back. */
export const toUpgradeIn = ({ needWork, members, excluded }: Wave): number => Math.max(needWork, members - excluded);

/** A failed canary keeps the rest back as well, unless a person has accepted the failure. */
export function canariesOf(wave: Wave) {
  const { canaries = 0, succeeded, failed, strays = 0, acceptedFailures = 0 } = wave;
  const passed = succeeded + Math.min(failed - strays, acceptedFailures);
  return { canaries: Math.min(canaries, toUpgradeIn(wave)), passed };
}

/**
 * Why so many clusters of a wave may not be in flight beside those that go back: the pods of these move as they did on their way there. One that
 * still has the place of its hop counts twice until it is back.
 */
function backRefusal(wave: Wave, inFlight: number): Reason | undefined {
  const { name, goingBack = [] } = wave;
  const { canaries, passed } = canariesOf(wave);
  const most = passed < canaries ? 1 : wave.maxConcurrency;
  if (goingBack.length === 0 || inFlight + goingBack.length <= most) return undefined;
  const names = goingBack.map(clusterNameOf);
  const said = `${some(names, 5)} of the wave ${name}, which has ${most} at once, ${names.length === 1 ? 'is' : 'are'} being taken back: nothing else begins in it before the rollback has ended; one that has failed half-way is gone on with, or let go: liftlock explain cluster ${idOfKey(goingBack[0] ?? '')}`;
  return reason('GoesBack', said);
}

function budgetInFlight(wave: Wave): Reason {
  const { name, inFlight, goingBack = [] } = wave;
  const back =
    goingBack.length === 0
      ? ''
      : `, while ${counted(goingBack.length, 'cluster')} of it ${goingBack.length === 1 ? 'goes' : 'go'} back`;
  const said = `${counted(inFlight, 'cluster')} of the wave ${name} ${inFlight === 1 ? 'is' : 'are'} in flight and each may still fail; ${leftToFail(wave)} may (countInFlight)${back}.`;
  return reason('BudgetInFlight', said);
}

type MayFail = Pick<Wave, 'failed' | 'maxFailures' | 'acceptedFailures' | 'goingBack'>;

/**
 * A cluster that goes back counts as a failure once it is back, and is taken for one from the moment that its rollback is asked for. One that had
 * failed before counts twice until then.
 */
const leftToFail = (wave: MayFail): number =>
  Math.max(1, allowedFailures(wave) - wave.failed - (wave.goingBack?.length ?? 0));

/** How many clusters of a wave may be in flight at once now: with `countInFlight` no more than may still fail. */
export const mostInFlight = (wave: MayFail & Pick<Wave, 'maxConcurrency' | 'countInFlight'>): number =>
  wave.countInFlight === true ? Math.min(wave.maxConcurrency, leftToFail(wave)) : wave.maxConcurrency;

/**
 * The most clusters of a wave that can fail when everything goes wrong at once: the budget is used up, and then all clusters that may be in flight
 * fail too, since what has begun is not broken off. With `countInFlight` only one cluster can be in flight then (semantics.md, Failure budget).
 */
export function worstCase(
  wave: Pick<Wave, 'maxFailures' | 'acceptedFailures' | 'maxConcurrency' | 'needWork' | 'countInFlight'>,
): number {
  const inFlight = wave.countInFlight === true ? 1 : wave.maxConcurrency;
  return Math.min(wave.needWork, allowedFailures(wave) + inFlight);
}
