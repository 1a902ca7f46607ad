import type { FleetSpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { AT_REST, type Member, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { FLEET, fleetSpec, loadAppliedConfigs, readPolicies } from '../policy/applied.ts';
import { isForgotten, labeled } from '../policy/cluster-labels.ts';
import { policyByHand, policyOf } from '../policy/policy-of.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { isOutForHold } from '../queries/place-of.ts';
import { goesOnWith, newestFirst } from '../rollout/tried.ts';
import { Clusters, Configs, isTried, loadMembers, Rollouts, readMembersIn, Waves } from '../store/entities.ts';
import { load, loadKind, type Read, unchanged } from '../store/entity.ts';

/** A member of the cluster, with its rollout and its wave. */
export interface RolloutMember {
  readonly member: Read<Member>;
  readonly rollout: Read<Rollout>;
  readonly wave: Read<Wave>;
  /** Checks of what allows the rollout to be taken up again. */
  readonly checks: readonly WriteOperation[];
}

const THROUGH: readonly Member['status'][] = ['Succeeded', 'Excluded', 'Left'];

/** Why a rollout that has ended cannot be taken up again. */
export interface Stranger {
  readonly said: string;
  /** The policy under which the cluster would be tried now. */
  readonly policy: string | undefined;
  /** This passes by itself: the next discovery looks at the cluster whose tags nobody knows. */
  readonly isAwaited?: true;
}

/**
 * The members of the cluster in rollouts that may go on and are not through with it; `retry` tries the failed and blocked ones again. `next`: the
 * rollout under way that takes the cluster up by itself once it is released.
 */
export async function placesToRetry(table: Table, cluster: Read<ClusterRecord>) {
  const { clusterKey } = cluster.data;
  const places: RolloutMember[] = [];
  let stranger: Stranger | undefined;
  let next: { readonly rollout: Rollout; readonly wave: Wave } | undefined;
  const fleet = await load(table, Configs, 'Fleet', FLEET);
  for (const member of await readMembersIn(table, await loadKind(table, Rollouts), clusterKey)) {
    const { rolloutId, waveIndex } = member.data;
    const rollout = await load(table, Rollouts, rolloutId);
    if (rollout === undefined) continue;
    const wave = await load(table, Waves, rolloutId, waveIndex);
    if (wave === undefined) continue;
    if (!AT_REST.includes(rollout.data.status) && isOutForHold(member.data, wave.data))
      next = { rollout: rollout.data, wave: wave.data };
    if (THROUGH.includes(member.data.status) && rollout.data.status !== 'Aborted') continue;
    const { policy } = rollout.data;
    // A rollout under way keeps its members, whatever selects their clusters now.
    const isOver = rollout.data.status !== 'Aborted' && !goesOnWith(rollout.data, undefined);
    const found = isOver
      ? await strangerOf(table, fleetSpec(fleet?.data), rollout.data, [
          member.data,
          ...(await leftOf(table, rolloutId)),
        ])
      : undefined;
    if (found !== undefined) {
      stranger = found;
      continue;
    }
    const applied = isOver ? await load(table, Configs, 'UpgradePolicy', policy) : undefined;
    const ofFleet = unchanged(Configs, fleet, 'Fleet', FLEET);
    const checks = [
      unchanged(Configs, applied, 'UpgradePolicy', policy),
      ofFleet,
      unchanged(Clusters, cluster, clusterKey),
    ];
    places.push({ member, rollout, wave, checks: isOver ? checks : [] });
  }
  // Where the cluster failed in several rollouts of one policy, the one under way or else the newest tries it again. Where that newest one was
  // aborted, no older one is taken up.
  const inOrder = places.sort((a, b) => newestFirst(b.rollout.data, a.rollout.data));
  const newest = new Map(inOrder.map((place) => [place.rollout.data.policy, place]));
  return { places: [...newest.values()].filter(({ rollout }) => rollout.data.status !== 'Aborted'), stranger, next };
}

/** The members that a rollout which has ended would go on with, were it taken up again. */
const leftOf = async (table: Table, rolloutId: string): Promise<Member[]> =>
  (await loadMembers(table, rolloutId)).filter((one) => !THROUGH.includes(one.status) && !isTried(one));

/** The first of the members that the rollout would go on with whose cluster another policy selects: that policy asks for its own approvals. */
async function strangerOf(
  table: Table,
  fleet: FleetSpec | undefined,
  rollout: Rollout,
  members: readonly Member[],
): Promise<Stranger | undefined> {
  const { policies, unreadable } = readPolicies(await loadAppliedConfigs(table, 'UpgradePolicy'));
  for (const [index, { clusterKey, name }] of members.entries()) {
    const stored = (await load(table, Clusters, clusterKey))?.data;
    const cluster = stored && labeled(stored, fleet);
    if (isForgotten(cluster)) {
      const said = `The rollout ${rollout.id} is ${rollout.status}, and is not taken up again before ${name} is looked at anew.`;
      return { said, policy: rollout.policy, isAwaited: true };
    }
    const match = cluster && policyOf(cluster, policies, unreadable);
    const own = match && policyByHand(match, []);
    if (match === undefined || goesOnWith(rollout, own)) continue;
    const by = match.type === 'ambiguous' ? match.names.join(' and ') : (own ?? 'no policy');
    const said = `The rollout ${rollout.id} of the policy ${rollout.policy} is ${rollout.status}, and is not taken up again: ${name} is selected by ${by} now.`;
    return { said, policy: index === 0 ? own : rollout.policy };
  }
  return undefined;
}
