import { NOW, smallPlan } from '../../test/material/plan/small-plan.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { blockersOnTheWay } from '../rollout/hop-blockers.ts';
import { drawPlan } from './draw-plan.ts';

const images = (...nodegroups: string[]) => [{ nodegroups, owners: ['self'], tags: { minor: '{version}' } }];
const group = { name: 'own', version: '1.32', amiType: 'CUSTOM', status: 'ACTIVE', issues: [] };

test.each<[string, string, boolean]>([
  ['that no rule of the policy is for, stops the fourth hop', 'other', false],
  ['that the policy names an image for, is rolled at each hop', 'ow*', true],
])('a plan of four hops with a node group with an AMI of its own, %s', (_, nodegroups, arrives) => {
  const nodes = { images: images(nodegroups) };
  const clusters = [{ name: 'web', version: '1.32', nodegroups: [group] }];
  const { rules, inventory } = smallPlan({ clusters, policy: { nodes } });
  const [web] = drawPlan(rules, inventory, { now: NOW, seed: 1, runs: 3 }).waves[0]?.clusters ?? [];
  expect([web?.hops.length, web?.end !== null && web?.end !== undefined]).toEqual([4, arrives]);
  const cluster = clusterRecord({ name: 'web', version: '1.32', nodegroups: [group] });
  const stops = blockersOnTheWay(cluster, undefined, '1.36', nodes);
  expect(stops.map(({ code }) => code)).toEqual(arrives ? [] : ['VersionSkew']);
  // The first hop begins with the present nodes.
  expect(blockersOnTheWay({ ...cluster, version: '1.35' }, undefined, '1.36', nodes)).toHaveLength(1);
});
