import type { Grant } from '../../core/contracts/items/protocol.ts';
import { AT_REST, type Member, type Rollout } from '../../core/contracts/items/rollout.ts';
import { hopId } from '../../core/model/hop.ts';
import { FLEET, fleetSpec } from '../../core/policy/applied.ts';
import { capLimit } from '../../core/policy/caps.ts';
import { Configs, Grants, Ledgers, Rollouts, Upgrades } from '../../core/store/entities.ts';
import {
  type Check,
  commitAt,
  isGoingBack,
  isUndoing,
  type Moment,
  membersOf,
  type PlaceAt,
  placeAt,
  type Violation,
  wentOn,
} from './history.ts';
import type { StoreAt } from './store-at.ts';

/**
 * 6 `caps`: at every grant the open and closing grants are within every cap in force, the Fleet's and the policy's. The members that hold a place are
 * within their wave's concurrency, and canaries go one by one. At every grant and release the ledger counts what is granted (protocol.md, Grants). A
 * policy has one running rollout.
 */
export const checkCaps = (): Check => (moment) => {
  const { item, store } = moment;
  const atOnce = store.written(Rollouts).flatMap(({ after }) => besideOthers(store, after));
  if (!store.wrote(Grants)) return atOnce;
  const held = store.all(Grants).filter((grant) => grant.status !== 'free');
  return [
    ...atOnce,
    ...ledgerViolations(moment, held),
    ...(item.event === 'Granted' ? grantViolations(moment, held) : []),
  ];
};

function besideOthers(store: StoreAt, { id, policy, status }: Rollout): Violation[] {
  if (AT_REST.includes(status)) return [];
  return store
    .all(Rollouts)
    .filter((other) => other.id !== id && other.policy === policy && !AT_REST.includes(other.status))
    .map((other) => caps(`the rollouts ${id} and ${other.id} of the policy ${policy} are under way at once`));
}

function grantViolations({ item, store }: Moment, held: readonly Grant[]): Violation[] {
  const fleet = fleetSpec(store.get(Configs, 'Fleet', FLEET));
  const granted = store.get(Grants, item.subject);
  if (fleet === undefined || granted === undefined) return [];
  const violations = missingKeys(granted);
  for (const key of granted.capKeys) {
    const count = held.filter((grant) => grant.capKeys.includes(key)).length;
    const limit = capLimit(key, fleet);
    // A rollback may exceed each cap by one.
    const most = isGoingBack(granted) ? (limit ?? 0) + 1 : limit;
    if (limit !== undefined && most !== undefined && count > most)
      violations.push(caps(`${count} grants under ${key} at ${item.at}, at most ${most} may`));
  }
  return [...violations, ...policyViolations(store, held, item), ...waveViolations(store, held, item)];
}

/** A policy can only tighten: its own rollouts stay within its caps, whatever the Fleet allows. */
function policyViolations(
  store: StoreAt,
  held: readonly Grant[],
  { subject, detail, at }: Moment['item'],
): Violation[] {
  const place = placeAt(store, detail);
  const labels = fleetSpec(store.get(Configs, 'Fleet', FLEET))?.labels;
  if (place?.policy === undefined || labels === undefined) return [];
  const { policy, rollout } = place;
  const granted = held.find((grant) => grant.clusterKey === subject);
  const peers = held.filter(({ clusterKey, upgradeId }) => {
    const rolloutId = store.get(Upgrades, clusterKey, upgradeId)?.rolloutId;
    return rolloutId !== undefined && store.get(Rollouts, rolloutId)?.policy === rollout.policy;
  });
  return (granted?.capKeys ?? []).flatMap((key) => {
    const limit = capLimit(key, { caps: policy.caps, labels });
    const count = peers.filter((grant) => grant.capKeys.includes(key)).length;
    if (limit === undefined || count <= limit) return [];
    return [caps(`${count} grants of the policy ${rollout.policy} under ${key} at ${at}, at most ${limit} may`)];
  });
}

/** The ARN of a cluster contains its account and Region, so every grant must count them. */
function missingKeys({ clusterKey, capKeys, machine }: Grant): Violation[] {
  if (isUndoing({ machine })) return capKeys.length === 0 ? [] : [caps(`the undo of ${clusterKey} counts under a cap`)];
  const [, , , region, account] = clusterKey.split(':');
  return ['total', `account/${account}`, `region/${region}`]
    .filter((key) => !capKeys.includes(key))
    .map((key) => caps(`the grant of ${clusterKey} does not count under ${key}`));
}

function waveViolations(store: StoreAt, held: readonly Grant[], { subject, detail }: Moment['item']): Violation[] {
  const place = placeAt(store, detail);
  // A cluster that continues already holds its place.
  if (place === undefined || wentOn(store, place, subject)) return [];
  const { rollout, wave } = place;
  const members = membersOf(store, { rolloutId: rollout.id, waveIndex: wave.index });
  // A cluster on its way back holds one as well, whatever the wave says of it, until the rollback has ended. Its grant is freed after that. A hop of
  // another rollout, or by hand, is no matter of this one, and so is its way back.
  const goesBack = (grant: Grant): boolean => {
    if (!isGoingBack(grant)) return false;
    const { status, from = '', to = '' } = store.get(Upgrades, grant.clusterKey, grant.upgradeId) ?? {};
    return status === 'Running' && store.get(Upgrades, grant.clusterKey, hopId(to, from))?.rolloutId === rollout.id;
  };
  const back = new Set(held.filter(goesBack).map(({ clusterKey }) => clusterKey));
  const places = members.filter(({ inFlight, clusterKey }) => inFlight || back.has(clusterKey)).length;
  const canaries = canaryViolations(members, place, places);
  if (places <= wave.maxConcurrency) return canaries;
  return [
    ...canaries,
    caps(`${places} clusters of the wave ${wave.name} are in flight, at most ${wave.maxConcurrency} may`),
  ];
}

/** Canaries go one after the other until enough have succeeded; failures that a person has accepted count. */
function canaryViolations(members: readonly Member[], { wave, spec }: PlaceAt, places: number): Violation[] {
  const ended = (status: Member['status']) => members.filter((member) => member.status === status).length;
  const passed = ended('Succeeded') + Math.min(ended('Failed'), wave.acceptedFailures ?? 0);
  if (places <= 1 || passed >= Math.min(spec?.canaries ?? 0, wave.needWork)) return [];
  return [
    caps(`${places} clusters of the wave ${wave.name} are in flight after ${passed} of its ${spec?.canaries} canaries`),
  ];
}

function ledgerViolations({ item, store }: Moment, held: readonly Grant[]): Violation[] {
  const counts: Record<string, number> = {};
  for (const key of held.flatMap((grant) => grant.capKeys)) counts[key] = (counts[key] ?? 0) + 1;
  const ledger = store.get(Ledgers)?.counts ?? {};
  return [...new Set([...Object.keys(counts), ...Object.keys(ledger)])]
    .filter((key) => (counts[key] ?? 0) !== (ledger[key] ?? 0))
    .map((key) =>
      caps(
        `after ${item.event} of ${item.subject} the ledger counts ${ledger[key] ?? 0} under ${key}, granted are ${counts[key] ?? 0}`,
      ),
    );
}

const caps = (message: string): Violation => ({ invariant: 'caps', message });

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
