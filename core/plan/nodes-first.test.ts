import { NOW, smallPlan } from '../../test/material/plan/small-plan.ts';
import { drawPlan } from './draw-plan.ts';

const behind = { name: 'old', version: '1.36', nodegroups: [{ name: 'workers', version: '1.33' }] };
const planned = (policy: object) => {
  const { rules, inventory } = smallPlan({
    clusters: [behind],
    policy: { target: '1.37', finish: 'always', ...policy },
  });
  return drawPlan(rules, inventory, { now: NOW, seed: 1, runs: 3 });
};

test('a plan that only brings the nodes up meets no deadline, since the cluster has left no version with that', () => {
  const { feasible, deadlines, limitedBy, waves, costOfWaiting } = planned({ deadline: '2026-12-20' });
  expect([feasible, deadlines.map((one) => one.feasible), limitedBy?.change]).toEqual([
    false,
    [false],
    'repair what stops old; see their reasons',
  ]);
  expect(costOfWaiting.untilDone).toBeGreaterThan(0);
  expect(waves[0]?.clusters[0]).toMatchObject({ from: '1.36', to: '1.36', end: '2026-11-20T09:00:00Z' });
  expect(waves[0]?.clusters[0]?.reasons).toEqual(
    expect.arrayContaining([
      {
        code: 'NodesBehind',
        message:
          'The control plane of old is at 1.36, and nodes are behind: workers is at 1.33 and stops the hop to 1.37. They follow first, and another rollout takes the cluster to 1.37.',
      },
      expect.objectContaining({ code: 'ForcedUpgrade' }),
    ]),
  );
});

test('without a deadline such a plan is what happens, and no cluster at its target is told of another rollout', () => {
  expect(planned({}).feasible).toBe(true);
  const { feasible, waves } = planned({ target: '1.36', deadline: '2026-12-20' });
  expect(feasible).toBe(true);
  expect(waves[0]?.clusters[0]?.reasons.map(({ code }) => code)).not.toContain('NodesBehind');
});
