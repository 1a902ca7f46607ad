import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../../core/contracts/items/rollout.ts';
import { FLEET, fleetSpec, inForce, upgradePolicy } from '../../core/policy/applied.ts';
import { policyOf } from '../../core/policy/policy-of.ts';
import { Clusters, Configs, Members, Upgrades, Waves } from '../../core/store/entities.ts';
import { standingObstacles } from './check-window.ts';
import {
  type Check,
  type History,
  isGoingBack,
  isUndoing,
  type Moment,
  placeAt,
  SKEW_MILLISECONDS,
} from './history.ts';

/** A wave that has not begun, was halted or was skipped grants nothing. */
const BEGUN: readonly Wave['status'][] = ['Open', 'Soaking', 'Completed', 'CompletedWithFailures', 'Undecided'];
const WAITING: readonly Member['status'][] = ['Pending', 'Parked', 'Quarantined'];

/**
 * 18 `granted`: a grant is given only while the fleet acts and is not stopped, to a cluster that is not held. In a rollout it needs a running
 * rollout, a wave that has begun, and a waiting member of the wave's plan, with no failure in the rollout since the decision (protocol.md, What a
 * grant and a commit check). After a restore of the table it needs a cluster that EKS has described since.
 */
export const checkGrant = ({ timeline, looks }: History): Check => {
  let restoredAt: number | undefined;
  // A real table does not order records of one instant: a rollout may seem to be planned, or a wave to open, after its first grant.
  const opened = new Set(
    timeline.flatMap(({ event, subject, at, detail }) =>
      event === 'WaveOpen' ? [`${subject}/${detail.wave}/${at}`] : [],
    ),
  );
  return (moment) => {
    const { item, at } = moment;
    // `recover` stops the fleet and raises the epoch in one record.
    if (item.event === 'FleetStopped' && item.detail.epoch !== undefined) restoredAt = at;
    if (item.event !== 'Granted') return [];
    const { upgradeId = '' } = item.detail as { upgradeId?: string };
    const upgrade = moment.store.get(Upgrades, item.subject, upgradeId);
    if (isUndoing(upgrade)) return [];
    const seen = looks?.get(item.subject.slice(0, item.subject.indexOf('@')));
    if (isGoingBack(upgrade)) {
      const found = [...standing(moment, false), ...stayingThere(moment), ...tooLate(moment, upgrade)];
      return granted(item, looks === undefined ? found : [...found, ...unread(moment, seen)]);
    }
    const found = obstacles(moment, (wave) => opened.has(`rollout/${wave.rolloutId}/${wave.name}/${item.at}`));
    const since = restoredAt;
    if (since !== undefined && looks !== undefined && seen?.some((look) => look >= since && look <= at) !== true)
      found.push('nobody had looked at the cluster since the table was restored');
    return granted(item, found);
  };
};

const granted = (item: Moment['item'], found: readonly string[]) =>
  found.map((why) => ({
    invariant: 'granted',
    message: `${item.subject} #${item.sequence}: a grant was given at ${item.at} while ${why}`,
  }));

const standing = ({ item, store }: Moment, asksHold = true): string[] =>
  standingObstacles(store, item.subject, asksHold).map(([, why]) => why);

/** A cluster that is held or excluded may go back, but none that is gone, that the Fleet does not name, or that nobody can place. */
export function stayingThere(moment: Moment): string[] {
  const { item, store } = moment;
  const cluster = store.get(Clusters, item.subject);
  if (cluster === undefined) return [];
  const { deletedAt, account, region } = cluster;
  const fleet = fleetSpec(store.get(Configs, 'Fleet', FLEET));
  const isNamed =
    fleet?.regions.includes(region) !== false &&
    (fleet?.organizationId !== undefined || fleet?.accounts.includes(account) !== false);
  return [
    ...(deletedAt === undefined ? [] : ['the cluster was gone']),
    ...(isNamed ? [] : [`the Fleet did not name ${account} and ${region}`]),
    ...unreadable(moment),
  ];
}

/** What was read of a cluster since it was noted as unreachable stands in no record, but EKS had to describe it for that. */
function unread({ item, store, at }: Moment, looks: readonly number[] = []): string[] {
  const noted = store.get(Clusters, item.subject)?.conditions.find(({ type }) => type === 'Reachable');
  if (noted === undefined || noted.status === 'True') return [];
  const since = Date.parse(noted.lastTransitionTime) - SKEW_MILLISECONDS;
  return looks.some((look) => look >= since && look <= at)
    ? []
    : [`nobody could read it since ${noted.lastTransitionTime}`];
}

/** EKS took the control plane back until a date that Liftlock knew, and nothing had gone back by then. */
function tooLate({ item, at }: Moment, upgrade: Upgrade | undefined): string[] {
  const { reversibleUntil, mutated } = upgrade ?? {};
  const early = Math.min(at, Date.parse(item.at));
  if (reversibleUntil === undefined || mutated === true || Date.parse(reversibleUntil) > early) return [];
  return [`EKS took it back until ${reversibleUntil} alone`];
}

function obstacles(moment: Moment, opensNow: (wave: Wave) => boolean): string[] {
  const { item, store } = moment;
  const found = standing(moment);
  const place = placeAt(store, item.detail);
  if (place === undefined) return [...found, ...unreadable(moment)];
  const { rollout, wave, policy } = place;
  const { failures } = item.detail as { failures?: number };
  const status = opensNow(wave) ? 'Open' : wave.status;
  if (policy === undefined) found.push(`nobody could read the policy ${rollout.policy}`);
  const member = store.was(Members, rollout.id, wave.index, item.subject);
  const failed = store.all(Waves).reduce((sum, one) => sum + (one.rolloutId === rollout.id ? one.failed : 0), 0);
  // A cluster that already holds its place continues, whatever has failed since.
  if (member?.inFlight !== true && failures !== undefined && failed > failures)
    found.push(`${failed} had failed in the rollout, and whoever decided it knew of ${failures}`);
  return [...found, ...ofRollout(rollout, { ...wave, status }, member)];
}

/** A user's own upgrade follows the policy that selects the cluster. Where no policy is seen to select it, one that cannot be read may. */
function unreadable({ item, store }: Moment): string[] {
  const applied = store.all(Configs).filter((config) => config.kind === 'UpgradePolicy' && inForce(config));
  const policies = applied.flatMap((config) => upgradePolicy(config) ?? []);
  const cluster = store.get(Clusters, item.subject);
  const isUnread =
    cluster !== undefined && policies.length < applied.length && policyOf(cluster, policies).type === 'none';
  return isUnread ? ['nobody could read a policy that may select it'] : [];
}

function ofRollout(rollout: Rollout, wave: Wave, member: Member | undefined): string[] {
  const found: string[] = [];
  if (rollout.status !== 'Running') found.push(`the rollout ${rollout.id} was ${rollout.status}`);
  if (!BEGUN.includes(wave.status)) found.push(`the wave ${wave.name} was ${wave.status}`);
  if (member === undefined || (member.plan ?? 0) > (wave.plan ?? 0)) found.push('it was no member of the plan');
  else if (!WAITING.includes(member.status)) found.push(`the member was ${member.status}`);
  return found;
}
