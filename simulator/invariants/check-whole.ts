import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import { ClusterControls, Upgrades } from '../../core/store/entities.ts';
import type { Check, Moment, Violation } from './history.ts';
import type { StoreAt } from './store-at.ts';

/** State machines that begin a hop; the others that a user starts finish one. */
const MOVES: readonly Upgrade['machine'][] = ['upgrade-cluster', 'upgrade-control-plane'];

/**
 * 17 `whole`: a hop begins only where the previous hop is whole. A hop that changed nothing is whole, and so is a failed one once a person has
 * released the cluster, which a retry does not do. The control plane goes to the version of its upgrade, whatever else is requested under its grant.
 */
export const checkWhole = (): Check => (moment: Moment) => {
  const { item, store } = moment;
  if (item.event === 'MutationCommitted') return elsewhere(moment);
  if (item.event !== 'Granted') return [];
  const { upgradeId } = item.detail as { upgradeId?: string };
  const granted = upgradeId === undefined ? undefined : store.get(Upgrades, item.subject, upgradeId);
  if (granted === undefined || !MOVES.includes(granted.machine)) return [];
  return (
    store
      .all(Upgrades)
      .filter(({ clusterKey, machine, to }) => {
        return clusterKey === item.subject && machine === 'upgrade-cluster' && to === granted.from;
      })
      // An upgrade that finishes a version continues itself.
      .filter(({ id }) => id !== granted.id)
      .filter((before) => before.mutated && !isWhole(before, store))
      .map(({ id, status }) => ({
        invariant: 'whole',
        message: `${item.subject} #${item.sequence}: ${granted.id} was granted while ${id} was ${status} half-way`,
      }))
  );
};

function elsewhere({ item, store }: Moment): Violation[] {
  const { upgradeId = '', call } = item.detail as {
    upgradeId?: string;
    call?: { name: string; input: { version?: string } };
  };
  const upgrade = store.get(Upgrades, item.subject, upgradeId);
  if (call?.name !== 'UpdateClusterVersion' || upgrade === undefined) return [];
  // An upgrade that only finishes a version moves no control plane.
  if (call.input.version === upgrade.to && upgrade.from !== upgrade.to) return [];
  const message = `${item.subject} #${item.sequence}: ${upgradeId} goes to ${upgrade.to}, and moved the control plane to ${call.input.version}`;
  return [{ invariant: 'whole', message }];
}

function isWhole({ id, status, clusterKey }: Upgrade, store: StoreAt): boolean {
  const { held, retried } = store.get(ClusterControls, clusterKey) ?? {};
  // A hold of a later upgrade, which finishes what this one left once it was released, says nothing of this one.
  if (status === 'Failed') return ![held, retried].some((one) => one !== undefined && (one.upgradeId ?? id) === id);
  return status === 'Succeeded' || status === 'RolledBack' || status === 'Canceled' || status === 'Blocked';
}
