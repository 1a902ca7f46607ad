import type { Measure } from '../figure.ts';
import { fixedTiming } from '../fleet/fixed-timing.ts';
import { longestHistories } from '../fleet/histories.ts';
import { durations, oneCluster, upgradeIt } from '../fleet/one-cluster.ts';

const NODE_GROUPS = 30;
const HOURS = 6;

/** Thirty node groups that take six hours each, one after the other: how much of Step Functions' 25,000 events is used. */
export const measure: Measure = async () => {
  const timing = fixedTiming({ controlPlane: 3600, nodeGroup: HOURS * 3600 });
  const world = await oneCluster(NODE_GROUPS, { timing });
  await upgradeIt(world, 14);
  const rolls = durations(world, (update) => update.nodegroupName !== undefined);
  const note = `${rolls.length} rolls of ${Math.min(...rolls)} to ${Math.max(...rolls)} s`;
  const histories = longestHistories(world);
  const roll = histories.find(({ machine }) => machine === 'roll-node-group');
  const longest = Math.max(...histories.map(({ events }) => events));
  return [
    {
      name: `History of the longest execution, ${NODE_GROUPS} node groups of ${HOURS} h`,
      value: longest,
      unit: 'events',
      limit: 25_000,
      note,
    },
    { name: 'Looks at each node group of 6 h', value: Math.round((roll?.waits ?? 0) / NODE_GROUPS), unit: 'polls' },
  ];
};
