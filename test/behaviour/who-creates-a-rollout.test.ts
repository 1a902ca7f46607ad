import { abortRollout, startRollout } from '../../core/operations/rollout-orders.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { at, lookAround, spec } from './changed-policy.ts';
import { hours, PERSON, recordOf, rolloutIdOf, smallFleet } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

/** What the command that explain advises at other times is refused with. */
const refusalOf = (world: World, finish = false) =>
  startRollout(world.ports, 'policy-0', PERSON, { dryRun: false, finish }).catch(({ message }: Error) => message);
const explained = async (world: World, name: string) => explainCluster(world.ports, await recordOf(world, name));

test('who is behind at its target and was in an aborted rollout is not told to create one while another is under way', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['d'], '1.37'),
    policy: { ...spec(at('dev', { approval: { approvals: 1 } })), patch: { nodes: {} } },
  });
  await hours(world, 1);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'no');
  for (const one of staged('dev', ['e'])) addCluster(world.eks.state, one);
  await lookAround(world);
  await hours(world, 2);
  expect(await refusalOf(world)).toMatch(/under way, and there is one at a time/);
  const { state, when } = await explained(world, 'd');
  expect([state, when.condition]).toEqual([
    'ImagesBehind',
    expect.stringMatching(/^The rollout \S+ ends, and then somebody runs: liftlock rollout create policy-0; or /),
  ]);
});
