import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import { LIFTLOCK } from '../../core/contracts/names.ts';
import { hopId, rollbackId } from '../../core/model/hop.ts';
import { upgradePolicy } from '../../core/policy/applied.ts';
import { Configs, Members, Rollouts, Upgrades } from '../../core/store/entities.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { stayingThere } from './check-grant.ts';
import { type Check, commitAt, isGoingBack, isUndoing, type Moment, placeAt, type Violation } from './history.ts';

const ENDINGS = ['RollbackGivenUp', 'UpgradeCanceled', 'UpgradeBlocked'];
const UNDER_WAY: readonly Upgrade['status'][] = ['Pending', 'Running', 'Parked'];

/**
 * 23 `rollback`: a control plane goes to a lower version only in a rollback that was checked before its first change, and to the target of that
 * rollback. While a cluster goes back, nothing else begins there, and it goes up again only when a person says so. A person has agreed to the cost of
 * extended support.
 */
export const checkRollback = (): Check => {
  /** Clusters whose rollback Liftlock has begun by itself and that no one has released since, as `<rollout> <cluster>`. */
  const begun = new Set<string>();
  /** The former version of clusters whose control plane was seen to go down, until a person allows the upgrade again. */
  const left = new Map<string, unknown>();
  /** When a person last allowed the upgrade of each cluster. */
  const allowed = new Map<string, string>();
  return (moment) => {
    takeOff(moment, begun);
    seeLeft(moment, left, allowed);
    const ofBegun = [...ofBeginning(moment, begun), ...ofCreation(moment)];
    return [...ofCommit(moment), ...goingUp(moment, left), ...ofGrant(moment), ...ofBegun];
  };
};

/** A person retries the cluster, or its rollback has ended before it changed anything. */
function takeOff({ item, store }: Moment, begun: Set<string>): void {
  const { clusterKey, upgradeId = '' } = item.detail as { clusterKey?: string; upgradeId?: string };
  if (item.event === 'MemberRetried') begun.delete(`${item.subject.replace(/^rollout\//, '')} ${clusterKey}`);
  if (!ENDINGS.includes(item.event)) return;
  const { rollbackOf, status, mutated } = store.get(Upgrades, item.subject, upgradeId) ?? {};
  if (rollbackOf !== undefined && (status === 'Canceled' || status === 'Blocked') && mutated === false)
    begun.delete(`${rollbackOf.rolloutId} ${item.subject}`);
}

const LETS_UP = ['ClusterRetried', 'ClusterReleased'];

function seeLeft({ item, store }: Moment, left: Map<string, unknown>, allowed: Map<string, string>): void {
  const { version, before } = item.detail as { version?: string; before?: string };
  if (LETS_UP.includes(item.event)) {
    left.delete(item.subject);
    allowed.set(item.subject, item.at);
  }
  if (item.event !== 'VersionObserved' || version === undefined || before === undefined) return;
  // It went down before this attempt had moved it, so the person who requested the attempt did so later.
  const { status, steps } = store.get(Upgrades, item.subject, hopId(version, before)) ?? {};
  // A rollback ends before the inventory has its version where that cannot be read. The person who allowed the upgrade since has seen its end.
  const back = store.get(Upgrades, item.subject, rollbackId(before, version));
  if (back?.status === 'Succeeded' && (back.endedAt ?? '') < (allowed.get(item.subject) ?? '')) return;
  const isToMove = status === 'Running' && steps?.['upgrade-control-plane']?.status !== 'done';
  if (!isToMove && KubeVersion.parse(version).isOlderThan(KubeVersion.parse(before))) left.set(item.subject, before);
}

/** A control plane that went down goes up again only when a person says so, whoever had taken it down. */
function goingUp(moment: Moment, left: ReadonlyMap<string, unknown>): Violation[] {
  const { clusterKey, call } = commitAt(moment) ?? {};
  if (clusterKey === undefined || call?.name !== 'UpdateClusterVersion') return [];
  if (left.get(clusterKey) !== call.input.version) return [];
  const what = `${clusterKey} #${moment.item.sequence}: it went up to ${call.input.version}`;
  return [rollback(`${what}, from where it was taken back, and nobody had said so`)];
}

/**
 * No rollout that takes clusters to a minor, or through it, begins by itself while a cluster that an earlier one of its policy has taken there goes back
 * from there.
 */
function ofCreation({ item, store }: Moment): Violation[] {
  if (item.event !== 'RolloutCreated' || item.principal !== LIFTLOCK) return [];
  const { id, policy } = store.get(Rollouts, item.subject.replace(/^rollout\//, '')) ?? {};
  const own = store.all(Members).filter(({ rolloutId, status }) => rolloutId === id && status !== 'Excluded');
  const someLeadTo = (minor: KubeVersion) =>
    own.some(({ from, to }) => KubeVersion.parse(from).isOlderThan(minor) && !KubeVersion.parse(to).isOlderThan(minor));
  return store.all(Upgrades).flatMap((one) => {
    if (!isGoingBack(one) || !UNDER_WAY.includes(one.status) || !someLeadTo(KubeVersion.parse(one.from))) return [];
    const hop = store.get(Upgrades, one.clusterKey, hopId(one.to, one.from));
    const earlier = hop?.rolloutId === undefined ? undefined : store.get(Rollouts, hop.rolloutId);
    if (earlier?.policy !== policy) return [];
    return [
      rollback(`${id} #${item.sequence}: it began by itself while ${one.clusterKey} of ${earlier?.id} went back`),
    ];
  });
}

/** Liftlock begins a rollback by itself only where the policy of the rollout says so, and at most two in a rollout. */
function ofBeginning({ item, store }: Moment, begun: Set<string>): Violation[] {
  if (item.event !== 'RollbackBegun') return [];
  const { upgradeId = '' } = item.detail as { upgradeId?: string };
  const place = store.get(Upgrades, item.subject, upgradeId)?.rollbackOf;
  const { rollout, policy } = (place && placeAt(store, place)) ?? {};
  begun.add(`${rollout?.id} ${item.subject}`);
  const count = [...begun].filter((one) => one.startsWith(`${rollout?.id} `)).length;
  const what = `${item.subject} #${item.sequence}: ${upgradeId} began by itself`;
  return [
    ...(policy?.rollback.automatic === true ? [] : [rollback(`${what}, and no policy says so`)]),
    ...(rollout?.status === 'Aborted' ? [rollback(`${what}, and somebody had aborted ${rollout.id}`)] : []),
    ...(count > 2 ? [rollback(`${what}, the ${count}. of ${rollout?.id}`)] : []),
  ];
}

function ofCommit(moment: Moment): Violation[] {
  const commit = commitAt(moment);
  if (commit === undefined) return [];
  const { call, upgrade, first } = commit;
  const found: string[] = [];
  if (isGoingBack(upgrade) && call.name === 'UpdateClusterVersion') found.push('it went up');
  if (call.name === 'RollbackClusterVersion' && !isGoingBack(upgrade)) found.push('its upgrade is no rollback');
  if (call.name === 'RollbackClusterVersion' && call.input.version !== upgrade?.to)
    found.push(`its rollback leads to ${upgrade?.to}`);
  if (call.name === 'ExtendSupport') {
    if (!isGoingBack(upgrade)) found.push('its upgrade is no rollback');
    const policies = moment.store.all(Configs).map((config) => upgradePolicy(config)?.spec.rollback.extendSupport);
    if (upgrade?.extendSupport !== true && !policies.includes(true)) found.push('nobody had said so');
  }
  if (isGoingBack(upgrade) && first && upgrade?.steps['scan-cluster']?.status !== 'done')
    found.push('nobody had checked the way back');
  if (isGoingBack(upgrade)) found.push(...stayingThere(moment));
  return found.map((why) =>
    rollback(`${commit.clusterKey} #${moment.item.sequence}: ${call.name} was committed while ${why}`),
  );
}

function ofGrant(moment: Moment): Violation[] {
  const { item, store } = moment;
  if (item.event !== 'Granted') return [];
  const { upgradeId = '' } = item.detail as { upgradeId?: string };
  const granted = store.get(Upgrades, item.subject, upgradeId);
  if (granted !== undefined && isByItself(granted)) return besideOthers(granted, moment);
  if (isGoingBack(granted) || isUndoing(granted)) return [];
  return store
    .all(Upgrades)
    .filter((one) => one.clusterKey === item.subject && isGoingBack(one) && UNDER_WAY.includes(one.status))
    .map(({ id, status }) =>
      rollback(`${item.subject} #${item.sequence}: ${upgradeId} was granted while ${id} was ${status}`),
    );
}

/** Liftlock began it, and no person has requested it since. */
const isByItself = ({ rollbackOf, requestedBy }: Upgrade): boolean =>
  rollbackOf !== undefined && requestedBy === 'liftlock';

/** Of the rollbacks that began by themselves, only one runs in a wave at a time. */
function besideOthers({ clusterKey, rollbackOf: own, id }: Upgrade, { item, store }: Moment): Violation[] {
  const isBeside = (other: Upgrade): boolean =>
    other.clusterKey !== clusterKey &&
    other.status === 'Running' &&
    other.rollbackOf?.rolloutId === own?.rolloutId &&
    other.rollbackOf?.waveIndex === own?.waveIndex;
  return store
    .all(Upgrades)
    .filter((other) => isByItself(other) && isBeside(other))
    .map((other) =>
      rollback(`${item.subject} #${item.sequence}: ${id} was granted beside that of ${other.clusterKey}`),
    );
}

const rollback = (message: string): Violation => ({ invariant: 'rollback', message });
