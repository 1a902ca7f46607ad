import type { Grant } from '../../core/contracts/items/protocol.ts';
import { AT_REST, type Member, type Rollout } from '../../core/contracts/items/rollout.ts';
import { hopId } from '../../core/model/hop.ts';
import { FLEET, fleetSpec } from '../../core/policy/applied.ts';
import { capLimit } from '../../core/policy/caps.ts';
import { Configs, Grants, Ledgers, Rollouts, Upgrades } from '../../core/store/entities.ts';
import {
  type Check,
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
