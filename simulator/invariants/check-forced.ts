import { durationMilliseconds } from '../../core/config/schema/quantities.ts';
import { FLEET, fleetSpec } from '../../core/policy/applied.ts';
import { labeled, selects } from '../../core/policy/policy-of.ts';
import { Clusters, Configs } from '../../core/store/entities.ts';
import { updateTimeline } from '../eks/log/timeline.ts';
import { selectedNow } from './check-window.ts';
import {
  type Check,
  type CommitAt,
  commitAt,
  type History,
  type Moment,
  placeAt,
  SKEW_MILLISECONDS,
  type Violation,
} from './history.ts';

/**
 * 25 `forced`: EKS takes a roll by force only where the policy in force at its commit names the cluster, as long after the beginning of the group's first
 * roll that pods have stopped as it says, and once. EKS's own record of the rolls counts. A person who has the upgrade tried again, and a roll that
 * has succeeded, begin that anew.
 */
export function checkForced({ world }: History): Check {
  const rolls = updateTimeline(world.eks.state).filter(
    ({ request }) => request?.operation === 'UpdateNodegroupVersion',
  );
  const byToken = new Map(rolls.map((roll) => [roll.request?.input.clientRequestToken, roll]));
  const ours = new Set<unknown>();
  return (moment) => {
    const commit = commitAt(moment);
    if (commit?.call.name !== 'UpdateNodegroupVersion') return [];
    const { clientRequestToken: token } = commit.call.input;
    const sent = byToken.get(token);
    ours.add(token);
    if (sent?.request?.input.force !== true) return [];
    const { clusterArn, clusterCreatedAt, nodegroupName, createdAt } = sent;
    const isOfGroup = (roll: (typeof rolls)[number]): boolean =>
      roll.clusterArn === clusterArn &&
      roll.clusterCreatedAt === clusterCreatedAt &&
      roll.nodegroupName === nodegroupName;
    const begun = Date.parse(commit.upgrade?.startedAt ?? '') - SKEW_MILLISECONDS;
    const before = rolls.filter(
      (roll) => isOfGroup(roll) && isOurs(roll) && roll.createdAt >= begun && roll.createdAt < createdAt,
    );
    const what = `the roll of ${nodegroupName} of ${commit.clusterKey} at ${moment.item.at} was by force`;
    if (before.some(({ request }) => request?.input.force === true)) return [forced(`${what}, for the second time`)];
    const last = before.findLastIndex(({ status }) => status === 'Successful');
    const first = before.slice(last + 1).find((roll) => roll.errors.some(({ errorCode }) => errorCode === STUCK));
    if (first === undefined) return [forced(`${what}, and no pod had stayed`)];
    const after = afterIn(moment, commit);
    if (after === undefined) return [forced(`${what}, and no policy names the cluster`)];
    const waited = createdAt + SKEW_MILLISECONDS - first.createdAt;
    if (waited >= durationMilliseconds(after)) return [];
    const since = new Date(first.createdAt).toISOString();
    return [forced(`${what}, and the first whose pods had stayed was of ${since}: it waits ${after}`)];
  };

  function isOurs({ request }: (typeof rolls)[number]): boolean {
    return ours.has(request?.input.clientRequestToken);
  }
}

const STUCK = 'PodEvictionFailure';

/** After how long the policy of the upgrade has the cluster rolled by force; undefined = never. */
function afterIn(moment: Moment, { clusterKey, upgrade }: CommitAt): string | undefined {
  const { store } = moment;
  const known = store.get(Clusters, clusterKey);
  if (known === undefined) return undefined;
  const cluster = labeled(known, fleetSpec(store.get(Configs, 'Fleet', FLEET)));
  const place = placeAt(store, upgrade ?? {});
  const policy = place === undefined ? selectedNow(moment, cluster)?.policy : place.policy;
  const force = policy?.nodes?.podEvictionFailure?.force;
  return force !== undefined && selects(force.selector, cluster).matches ? force.after : undefined;
}

const forced = (message: string): Violation => ({ invariant: 'forced', message });
