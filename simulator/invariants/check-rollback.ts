import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import { Upgrades } from '../../core/store/entities.ts';
import type { Check, Moment } from './check-history.ts';
import { commitAt, isGoingBack, isUndoing } from './commit-at.ts';
import type { Violation } from './history.ts';

const UNDER_WAY: readonly Upgrade['status'][] = ['Pending', 'Running', 'Parked'];

/**
 * 23 `rollback`: a control plane goes down only in a rollback whose way was checked before its first change, and to where that rollback leads; and while a
 * cluster is on its way back, nothing else begins there.
 */
export const checkRollback = (): Check => (moment) => [...ofCommit(moment), ...ofGrant(moment)];

function ofCommit(moment: Moment): Violation[] {
  const commit = commitAt(moment);
  if (commit === undefined) return [];
  const { call, upgrade, first } = commit;
  const found: string[] = [];
  if (isGoingBack(upgrade) && call.name === 'UpdateClusterVersion') found.push('it went up');
  if (call.name === 'RollbackClusterVersion' && !isGoingBack(upgrade)) found.push('its upgrade is no rollback');
  if (call.name === 'RollbackClusterVersion' && call.input.version !== upgrade?.to)
    found.push(`its rollback leads to ${upgrade?.to}`);
  if (isGoingBack(upgrade) && first && upgrade?.steps['scan-cluster']?.status !== 'done')
    found.push('nobody had checked the way back');
  return found.map((why) =>
    rollback(`${commit.clusterKey} #${moment.item.sequence}: ${call.name} was committed while ${why}`),
  );
}

function ofGrant({ item, store }: Moment): Violation[] {
  if (item.event !== 'Granted') return [];
  const { upgradeId = '' } = item.detail as { upgradeId?: string };
  const granted = store.get(Upgrades, item.subject, upgradeId);
  if (isGoingBack(granted) || isUndoing(granted)) return [];
  return store
    .all(Upgrades)
    .filter((one) => one.clusterKey === item.subject && isGoingBack(one) && UNDER_WAY.includes(one.status))
    .map(({ id, status }) =>
      rollback(`${item.subject} #${item.sequence}: ${upgradeId} was granted while ${id} was ${status}`),
    );
}

const rollback = (message: string): Violation => ({ invariant: 'rollback', message });
