import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Condition } from '../contracts/items/common.ts';

/** Why Liftlock cannot read a cluster; undefined = it can. */
export const unreachable = ({ conditions }: Pick<ClusterRecord, 'conditions'>): Condition | undefined =>
  conditions.find(({ type, status }) => type === 'Reachable' && status !== 'True');
