import { stopFleet } from '../../core/operations/fleet-switch.ts';
import { releaseCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { apply, at, keyOf, lookAround, spec } from './changed-policy.ts';
import { hours, PERSON, recordOf, rolloutIdOf, smallFleet, versionOf } from './small-fleet.ts';
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

const behind = { name: 'd', version: '1.37', tags: { stage: 'dev' }, nodegroups: [{ name: 'old', version: '1.36' }] };

test.each([
  ['propose', 'Somebody runs: liftlock rollout create policy-0 --finish (whom it takes says --dry-run)'],
  ['always', 'The next rollout of policy-0 takes it in'],
])('who is behind at its target is told that the Fleet only looks: finish %s', async (finish, then) => {
  const policy = { ...spec(at('dev')), finish };
  const world = await smallFleet({ mode: 'observe', clusters: [behind], policy });
  await hours(world, 2);
  expect(await refusalOf(world, true)).toMatch(/in mode "observe".*no rollout is created/);
  const { state, when, reasons } = await explained(world, 'd');
  expect([state, reasons.map(({ code }) => code)]).toEqual(['NodesBehind', ['ObserveMode', 'NodesBehind']]);
  expect(when.condition).toMatch(`The Fleet is applied with mode: act. Then: ${then}`);
});

test('who is behind at its target is told that the fleet is stopped', async () => {
  const world = await smallFleet({ clusters: [behind], policy: spec(at('dev')) });
  await hours(world, 2);
  await stopFleet(world.ports, PERSON, 'no');
  const { when, reasons } = await explained(world, 'd');
  expect(reasons.map(({ code }) => code)).toContain('FleetStopped');
  expect(when.condition).toMatch(/; and somebody runs: liftlock fleet resume$/);
});

test('who is half done and in no wave of its policy is not told that a rollout of it finishes that', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'], '1.37')],
    policy: { ...spec(at('dev'), at('prod')), trigger: 'manual' },
  });
  const failure = { type: 'VersionUpdate', errorCode: 'NodeCreationFailure', errorMessage: 'no' } as const;
  world.eks.state.plannedFailures.push({ clusterName: 'd', nodegroupName: 'workers', ...failure });
  await hours(world, 1);
  await requestUpgrade(world.ports, await recordOf(world, 'd'), '1.37', PERSON, { approve: true });
  await hours(world, 3);
  await releaseCluster(world.ports, await keyOf(world, 'd'), PERSON);
  await apply(world, at('prod'));
  await hours(world, 1);
  expect(versionOf(world, 'd')).toBe('1.37');
  expect(await refusalOf(world, true)).toMatch(/can be upgraded or finished now/);
  expect((await explained(world, 'd')).when.condition).toBe(
    'Somebody removes the cause and runs: liftlock upgrade cluster d --to 1.37 --approve',
  );
});
