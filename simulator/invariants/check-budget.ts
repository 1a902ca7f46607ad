import { Upgrades } from '../../core/store/entities.ts';
import {
  type Check,
  commitAt,
  type Moment,
  membersOf,
  type PlaceAt,
  placeAt,
  type Violation,
  wentOn,
} from './history.ts';
import type { StoreAt } from './store-at.ts';

/**
 * 7 `budget`: no upgrade is granted or makes its first change in a wave that is halted or whose failures exceed its budget, nor in a later wave. With
 * `countInFlight` possible failures count too, by the budget at the grant (semantics.md, Failure budget). Failures are counted from the members, not
 * from the wave's own counter.
 */
export const checkBudget = (): Check => {
  /** The number of failures that the wave of each cluster allowed at its grant, because a lower budget later applies to later clusters only. */
  const grantedUnder = new Map<string, number>();
  return (moment) => {
    const { item, store } = moment;
    if (item.event !== 'Granted') return firstChanges(moment, grantedUnder.get(item.subject) ?? 0);
    const place = placeAt(store, item.detail);
    if (place === undefined) return [];
    grantedUnder.set(item.subject, mayFailOf(place.wave));
    return grantsInHaltedWaves(moment, place);
  };
};

function firstChanges(moment: Moment, grantedUnder: number): Violation[] {
  const commit = commitAt(moment);
  if (commit === undefined || !commit.first || commit.upgrade === undefined) return [];
  const place = placeAt(moment.store, commit.upgrade);
  if (place === undefined) return [];
  const what = `${commit.clusterKey} ${commit.upgrade.id}`;
  const violations: Violation[] = [];
  for (const wave of [...place.earlier, place.wave]) {
    const { failed } = countsOf(moment.store, place, wave.index);
    if (wave.status === 'Halted') violations.push(budget(`${what} began while the wave ${wave.name} was halted`));
    else if (failed > mayFailOf(wave))
      violations.push(
        budget(`${what} began while ${failed} of the wave ${wave.name} had failed, at most ${mayFailOf(wave)} may`),
      );
  }
  // A cluster that goes to its next minor already holds its place, and can fail no more often than before.
  const goesOn = moment.store
    .all(Upgrades)
    .some(
      (one) =>
        one.clusterKey === commit.clusterKey &&
        one.rolloutId === place.rollout.id &&
        one.id !== commit.upgrade?.id &&
        one.mutated,
    );
  return goesOn ? violations : [...violations, ...inFlightViolations(moment.store, place, what, grantedUnder)];
}

/** Such a wave grants nothing new; a cluster that has begun continues when it may. */
function grantsInHaltedWaves({ item, store }: Moment, place: PlaceAt): Violation[] {
  if (wentOn(store, place, item.subject)) return [];
  return [...place.earlier, place.wave]
    .filter(({ status }) => status === 'Halted')
    .map(({ name }) => budget(`${item.subject} was granted at ${item.at} while the wave ${name} was halted`));
}

function inFlightViolations(store: StoreAt, place: PlaceAt, what: string, grantedUnder: number): Violation[] {
  if (place.spec?.failureBudget.countInFlight !== true) return [];
  const { failed, mayFail } = countsOf(store, place, place.wave.index);
  const room = Math.max(1, grantedUnder - failed, mayFailOf(place.wave) - failed);
  if (mayFail <= room) return [];
  return [budget(`${what} began: ${mayFail} of the wave ${place.wave.name} may still fail, there is room for ${room}`)];
}

/** The budget, or the failures that a person has accepted (`resume --accept-failures`). */
const mayFailOf = ({ maxFailures, acceptedFailures = 0 }: PlaceAt['wave']): number =>
  Math.max(maxFailures, acceptedFailures);

/**
 * `mayFail`: members that were changed and have not ended. Whoever was upgraded by hand meanwhile is not in flight in the rollout (semantics.md,
 * Failure budget).
 */
function countsOf(store: StoreAt, { rollout }: PlaceAt, waveIndex: number): { failed: number; mayFail: number } {
  let failed = 0;
  let mayFail = 0;
  for (const member of membersOf(store, { rolloutId: rollout.id, waveIndex })) {
    if (member.status === 'Failed') failed += 1;
    const upgrade =
      member.upgradeId === undefined ? undefined : store.get(Upgrades, member.clusterKey, member.upgradeId);
    const unsettled = member.status === 'Running' || member.status === 'Parked';
    if (unsettled && upgrade?.mutated === true && upgrade.rolloutId === rollout.id) mayFail += 1;
  }
  return { failed, mayFail };
}

const budget = (message: string): Violation => ({ invariant: 'budget', message });
