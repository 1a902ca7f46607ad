import type { Measure } from '../figure.ts';
import { fixedTiming } from '../fleet/fixed-timing.ts';
import { durations, oneCluster, upgradeIt } from '../fleet/one-cluster.ts';
import { DOLLARS } from '../fleet/prices.ts';

/** One hop: control plane 15 minutes, three node groups 20 minutes each. Standard workflows bill each transition, retries too. */
export const measure: Measure = async () => {
  const world = await oneCluster(3, { timing: fixedTiming({ controlPlane: 900, nodeGroup: 1200 }) });
  await upgradeIt(world, 2);
  const transitions = world.runner.stateTransitions();
  const note = `control plane ${durations(world, (update) => update.nodegroupName === undefined).join(', ')} s; node groups ${durations(world, (update) => update.nodegroupName !== undefined).join(', ')} s`;
  return [
    { name: 'State transitions of one cluster hop', value: transitions, unit: 'transitions', note },
    {
      name: 'Step Functions cost of one cluster hop',
      value: transitions * DOLLARS.transition,
      unit: 'USD',
      limit: 0.02,
    },
  ];
};
